import { expect, it } from 'vitest';
import { type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import { groupAccount } from './group-account.ts';
import { OperationLog } from './operation-log.ts';

const gapUs = 100;
const count = 20;
const untilUs = gapUs * count;
const span = { fromUs: 0, untilUs };

/** Of two keys in turn, each a partition of its own. */
function logOf() {
  const log = new OperationLog(0, true);
  for (let sequence = 0; sequence < count; sequence++) {
    log.append(sequence * gapUs, 0, sequence % 2, 0);
    log.acknowledged(sequence, sequence * gapUs + 1);
  }
  return log.toData();
}

const applied = (sequence: number, atUs: number, part = 0): EvidenceRecord => ({
  ...{ kind: evidenceKinds.applied, producer: 0, sequence, atUs, part, step: (sequence % 2) + 1 },
  ...{ checksum: 0, keyHash: 0, redelivered: false, changed: true },
});
const all = Array.from({ length: count }, (_, sequence) => sequence);
const account = (evidence: EvidenceRecord[]) => groupAccount([logOf()], evidence, (atUs) => atUs, span);

it('tells the partition that stood still from the one that did not, and who took it over', () => {
  // Of the second partition nothing takes effect from 500 to 1,500; then another process does all of it.
  const evidence = all.map((sequence) => {
    const atUs = sequence * gapUs + 10;
    const isLate = sequence % 2 === 1 && atUs > 500 && atUs < 1_500;
    return applied(sequence, isLate ? 1_500 : atUs, sequence % 2 === 1 && atUs > 500 ? 1 : 0);
  });
  const sorted = evidence.toSorted((a, b) => a.atUs - b.atUs);
  expect(account(sorted)).toEqual({
    partitions: 2,
    longestSilenceUs: 1_000,
    shortestSilenceUs: 10,
    moves: 1,
    waiting: 0,
  });
});

it('counts what a partition that nobody has still holds: it stands still to the end', () => {
  const evidence = all
    .filter((sequence) => sequence !== 19 && sequence !== 17)
    .map((one) => applied(one, one * gapUs + 10));
  expect(account(evidence)).toMatchObject({ waiting: 2, longestSilenceUs: untilUs - 1_700 });
});

it('does not take what is done again for progress', () => {
  const again = all.filter((sequence) => sequence !== 1).map((sequence) => applied(sequence, sequence * gapUs + 10));
  expect(account([...again, applied(3, 1_990, 1)])).toMatchObject({ moves: 1, waiting: 1 });
});

it('knows nothing where no record says of which partition it is', () => {
  expect(account([{ ...applied(0, 10), step: 0 }])).toBeNull();
});
