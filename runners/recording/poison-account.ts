/**
 * The account of poison: where each operation that the service cannot read has ended, and what became of the others
 * meanwhile. From the evidence, and from what the broker counts in the end. Pure.
 */
import type { PoisonResult } from '../../result/result-types.ts';
import { type EvidenceRecord, evidenceKinds, refusalCodes } from '../../targets/domain/evidence.ts';
import { isUnreadable } from '../../targets/domain/unreadable.ts';
import { LoggedOperations } from './logged-operations.ts';
import type { OperationLogData } from './operation-log.ts';
import { longestStandStillUs } from './stand-still.ts';

export interface PoisonInput {
  readonly logs: readonly OperationLogData[];
  /** 0–1: see isUnreadable. */
  readonly share: number;
  /** By operation: it ends at the broker, or where the service has taken it over. */
  readonly isHandedOver: readonly boolean[];
  readonly evidence: Iterable<EvidenceRecord>;
  /** Monotonic µs → µs from the start of the plan. */
  readonly offsetUs: (atUs: number) => number;
  /** Of the measured load, and the end of the drain, µs from the start of the plan. */
  readonly fromUs: number;
  readonly untilUs: number;
  readonly drainedUs: number;
  /** Messages that wait in the broker at the end; null: not known. */
  readonly pending: number | null;
  /** Dead letters as the broker counts them; null: not known, or not asked. */
  readonly deadLetters: number | null;
}

/** Of one producer, by sequence. */
interface Fates {
  readonly log: LoggedOperations;
  /** When it took effect first, µs from the start of the plan; NaN: never. */
  readonly appliedUs: Float64Array;
  /** See refusalCodes; 0: it was never refused. */
  readonly lastRefusal: Uint8Array;
}

type BadEnd = Exclude<keyof PoisonResult['bad'], 'offered' | 'tries' | 'unaccounted'>;

/** By the last refusal; 0: nobody has looked at it. */
const endOf: Readonly<Record<number, BadEnd>> = {
  0: 'waiting',
  [refusalCodes.requeued]: 'looping',
  [refusalCodes.deadLettered]: 'deadLettered',
  [refusalCodes.dropped]: 'dropped',
  [refusalCodes.retried]: 'retrying',
  [refusalCodes.held]: 'blocked',
};

/** Those that are still to be had from the broker, if it has them. */
const openEnds = ['waiting', 'looping', 'retrying', 'blocked'] as const satisfies readonly BadEnd[];

export function poisonAccount(input: PoisonInput): PoisonResult {
  const { fates, tries } = readFates(input);
  const ends = { told: 0, deadLettered: 0, dropped: 0, retrying: 0, looping: 0, blocked: 0, waiting: 0 };
  const good = { acknowledged: 0, applied: 0, refused: 0 };
  let offered = 0;
  for (const { log, appliedUs, lastRefusal } of fates) {
    for (let sequence = 0; sequence < log.length; sequence++) {
      if (input.isHandedOver[log.operation(sequence)] !== true) continue;
      const isAcknowledged = !Number.isNaN(log.acknowledgedAfterUs(sequence));
      const refusal = lastRefusal[sequence] as number;
      if (isUnreadable(sequence, input.share)) {
        offered++;
        ends[isAcknowledged ? (endOf[refusal] ?? 'waiting') : 'told']++;
      } else if (isAcknowledged) {
        good.acknowledged++;
        if (!Number.isNaN(appliedUs[sequence])) good.applied++;
        else if (refusal === refusalCodes.deadLettered || refusal === refusalCodes.dropped) good.refused++;
      }
    }
  }
  return {
    share: input.share,
    ...vouched(input, { ...ends, offered, tries }, good),
    ...times(input, fates),
  };
}

function readFates({ logs, share, evidence, offsetUs }: PoisonInput): { fates: Fates[]; tries: number } {
  const fates = logs.map((log): Fates => {
    const appliedUs = new Float64Array(log.length).fill(Number.NaN);
    return { log: new LoggedOperations(log), appliedUs, lastRefusal: new Uint8Array(log.length) };
  });
  const byProducer = new Map(fates.map((one) => [one.log.producer, one]));
  let tries = 0;
  for (const { kind, producer, sequence, atUs, step } of evidence) {
    const one = byProducer.get(producer);
    if (one === undefined || sequence >= one.log.length) continue; // the ledger counts it as unknown
    if (kind === evidenceKinds.refused) {
      one.lastRefusal[sequence] = step;
      if (isUnreadable(sequence, share)) tries++;
    } else if (kind === evidenceKinds.applied && Number.isNaN(one.appliedUs[sequence])) {
      one.appliedUs[sequence] = offsetUs(atUs);
    }
  }
  return { fates, tries };
}

type Ends = Record<Exclude<keyof PoisonResult['bad'], 'unaccounted'>, number>;

/**
 * A service that says where a message is does not make it be there: the broker's counts have to cover all that is open. What
 * they do not is taken to be good ones first, for no id says which.
 */
function vouched(
  { pending, deadLetters }: PoisonInput,
  ends: Ends,
  { acknowledged, applied, refused }: { acknowledged: number; applied: number; refused: number },
): Pick<PoisonResult, 'bad' | 'good'> {
  const bad = { ...ends };
  // Said to be put aside, and not there: on its way still, or gone.
  const notAside = Math.max(0, Math.min(bad.deadLettered, bad.deadLettered + refused - (deadLetters ?? Infinity)));
  bad.deadLettered -= notAside;
  bad.waiting += notAside;
  const goodOpen = acknowledged - applied - refused;
  if (pending === null) {
    const isAll = openEnds.every((end) => bad[end] === 0);
    const unknown = goodOpen === 0 ? 0 : null;
    const good = { acknowledged, applied, refused, waiting: unknown, lost: unknown };
    return { bad: { ...bad, unaccounted: isAll ? 0 : null }, good };
  }
  const badOpen = openEnds.reduce((sum, end) => sum + bad[end], 0);
  const missing = Math.max(0, goodOpen + badOpen - pending);
  const lost = Math.min(missing, goodOpen);
  let left = missing - lost;
  for (const end of openEnds) {
    const gone = Math.min(bad[end], left);
    bad[end] -= gone;
    left -= gone;
  }
  return {
    bad: { ...bad, unaccounted: missing - lost },
    good: { acknowledged, applied, refused, waiting: goodOpen - lost, lost },
  };
}

/** How the good ones fared. */
function times(
  { isHandedOver, share, fromUs, untilUs, drainedUs, offsetUs }: PoisonInput,
  fates: readonly Fates[],
): Pick<PoisonResult, 'goodPerSecond' | 'standStillUs' | 'longestWaitUs'> {
  const [sent, applied]: [number[], number[]] = [[], []];
  let longestWaitUs = 0;
  let inTime = 0;
  for (const { log, appliedUs } of fates) {
    for (let sequence = 0; sequence < log.length; sequence++) {
      if (isHandedOver[log.operation(sequence)] !== true || isUnreadable(sequence, share)) continue;
      const atUs = appliedUs[sequence] as number;
      const isApplied = !Number.isNaN(atUs);
      if (!isApplied && Number.isNaN(log.acknowledgedAfterUs(sequence))) continue; // nobody has promised anything
      const lagUs = log.sentAfterUs(sequence);
      const sentUs = offsetUs(log.intendedUs(sequence) + (Number.isNaN(lagUs) ? 0 : lagUs));
      sent.push(sentUs);
      if (isApplied) applied.push(atUs);
      if (isApplied && atUs >= fromUs && atUs <= untilUs) inTime++;
      longestWaitUs = Math.max(longestWaitUs, (isApplied ? atUs : drainedUs) - sentUs);
    }
  }
  const seconds = (untilUs - fromUs) / 1e6;
  return {
    goodPerSecond: seconds > 0 ? inTime / seconds : null,
    standStillUs: Math.round(longestStandStillUs(sent, applied, { fromUs, untilUs })),
    longestWaitUs: Math.round(longestWaitUs),
  };
}
