/** Flows that go well, however they go: refused anywhere, given up, told twice, out of order between parts. None is wrong. */
import { expect, it } from 'vitest';
import { flowSteps } from '../../result/flow-steps.ts';
import { uniform } from '../../result/seeded-hash.ts';
import { paymentCents } from '../../targets/domain/accounts.ts';
import { type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import { flowNotes, stepCode } from '../../targets/flow/flow-evidence.ts';
import { couldMove } from '../trial/flow-account.ts';
import { reconcileFlows } from './flow-ledger.ts';
import { OperationLog } from './operation-log.ts';

const count = 100_000;
const gapUs = 1_000;
const seed = 4_711;
const placed = -1;

type End = 'completed' | 'compensated' | 'refused';

interface CalmFlow {
  /** In the order of time; `placed`, or the code of a step or a note. */
  readonly codes: readonly number[];
  readonly end: End;
  readonly isAcknowledged: boolean;
}

/** A draw for each question that is asked of a flow. */
function calmFlow(sequence: number): CalmFlow {
  let question = 0;
  const draw = () => uniform(seed, question++, sequence);
  const codes: number[] = [placed];
  const done: number[] = [];
  let turn: 'no' | 'refused' | 'gaveUp' = 'no';
  for (let step = 0; step < flowSteps.length && turn === 'no'; step++) {
    const name = flowSteps[step] ?? 'payment';
    codes.push(flowNotes.heard);
    if (draw() < 0.1) codes.push(flowNotes.heard); // asked again
    const fate = draw();
    if (fate < 0.03) {
      codes.push(stepCode(name, 'refused'));
      turn = 'refused';
      continue;
    }
    if (fate >= 0.05 || fate < 0.04) {
      codes.push(stepCode(name, 'done'));
      done.push(step);
    }
    if (fate < 0.05) {
      codes.push(flowNotes.gaveUp); // it may have been done, for all that its leader knows
      turn = 'gaveUp';
    }
  }
  for (const step of done.toReversed()) {
    if (turn !== 'no') codes.push(flowNotes.heard, stepCode(flowSteps[step] ?? 'payment', 'undone'));
  }
  const isLed = draw() < 0.5;
  if (isLed || turn === 'gaveUp') codes.push(turn === 'no' ? flowNotes.ended : flowNotes.undone);
  // An event that goes out first may have effects before the order is kept.
  if (!isLed && draw() < 0.1) codes.splice(1 + Math.floor(draw() * (codes.length - 1)), 0, codes.shift() ?? placed);
  const end = turn === 'no' ? 'completed' : done.length > 0 ? 'compensated' : 'refused';
  return { codes, end, isAcknowledged: draw() >= 0.01 };
}

function recordsOf(flows: readonly CalmFlow[]): EvidenceRecord[] {
  const records = flows.flatMap(({ codes }, sequence) => {
    let atUs = sequence * gapUs;
    return codes.map((code, n): EvidenceRecord => {
      atUs += 1 + Math.floor(uniform(seed + 1, n, sequence) * 50 * gapUs);
      return {
        ...{ producer: 0, sequence, atUs, checksum: 0, keyHash: 0, redelivered: false, changed: true, part: 0 },
        ...(code === placed ? { kind: evidenceKinds.applied, step: 0 } : { kind: evidenceKinds.step, step: code }),
      };
    });
  });
  return records.sort((a, b) => a.atUs - b.atUs);
}

it('has nothing against any of 100,000', () => {
  const flows = Array.from({ length: count }, (_, sequence) => calmFlow(sequence));
  const log = new OperationLog(0, true);
  flows.forEach(({ isAcknowledged }, sequence) => {
    log.append(sequence * gapUs, 0, 0, 0);
    log.sent(sequence, sequence * gapUs + 1);
    if (isAcknowledged) log.acknowledged(sequence, sequence * gapUs + 500);
  });
  const known = (end: End) => flows.filter((flow) => flow.isAcknowledged && flow.end === end).length;
  const untold = flows.filter(({ isAcknowledged }) => !isAcknowledged);
  let settled = 0;
  let unsettled = 0;
  const { flows: result, cases } = reconcileFlows(
    {
      ...{ logs: [log.toData()], flows: [0], evidence: recordsOf(flows), held: null, accountsCents: null },
      couldMove: couldMove({ style: 'choreographed', publish: 'outbox' }, {}), // where everything could move on
    },
    () => settled++,
    () => unsettled++,
  );
  expect(known('compensated')).toBeGreaterThan(1_000);
  expect(known('refused')).toBeGreaterThan(1_000);
  expect(result).toMatchObject({
    ...{ completed: known('completed'), compensated: known('compensated'), refused: known('refused') },
    ...{ acknowledged: count - untold.length, unacknowledged: untold.length },
    ...{ stuck: 0, open: 0, inconsistent: 0, phantom: 0, needsPerson: 0 },
    ...{ stuckAfter: {}, openAfter: {}, inconsistencies: {} },
  });
  expect([settled, unsettled]).toEqual([count, 0]);
  expect(cases.examples('c0117ac7', [], () => 0)).toEqual({});
  expect(result.moneyCents).toMatchObject({
    ...{ completed: known('completed') * paymentCents, compensated: 0, refused: 0, stuck: 0, phantom: 0 },
    unacknowledged: untold.filter(({ end }) => end === 'completed').length * paymentCents,
  });
});
