/** Can this measurement be trusted? About the generator, the machine and the faults; never about the system under load. */
import type { CanaryFigures, Verdict, VerdictFigures, VerdictReason } from '../../result/result-types.ts';
import type { StoreFailures } from '../../targets/domain/order-store.ts';
import type { PrimaryFigure } from './primary-figures.ts';

export interface VerdictInput {
  /** Over the measured phases, µs; null: an engine that has no intended start. */
  readonly sendLagP50Us: number | null;
  readonly sendLagP99Us: number | null;
  readonly sendLagMaxUs: number | null;
  /** The worst load worker's; null: an engine that does not tell. */
  readonly longestStallMs: number | null;
  readonly longestGcPauseMs: number | null;
  /** Share of the measured time (0–1). */
  readonly gcShare: number | null;
  /** Share of all offered operations (0–1) that the generator's own lateness dropped. */
  readonly droppedLateShare: number | null;
  /** Share of the measured time (0–1) in which some task waited for a CPU; null: not known. Told, and no reason: two
   * processes that take turns on a core wait, and the canaries tell what that did to the figures. */
  readonly cpuPressure: number | null;
  readonly cpuSteal: number | null;
  /** Shares of all cores' time (0–1): busy with anything, and with what is none of this run's. */
  readonly cpuBusy: number | null;
  readonly otherWork: number | null;
  readonly eventLoopUtilisation: number | null;
  /** null: none came back. Left out: an engine of others. */
  readonly canary?: CanaryFigures | null;
  /** Those of which both the figure and the instrument’s error are known. */
  readonly primaryFigures: readonly PrimaryFigure[];
  readonly sharesCores: boolean;
  /** `warmup: auto` gave up. */
  readonly notSteady: boolean;
  /** Accounts of the service less what its record of effects charges: not 0 when one of them is wrong. Left out: not known. */
  readonly unexplainedCents?: number;
  readonly faultProblems: readonly string[];
  /** Requests that the store of a service could not keep, and why not. Left out: none that is known of. */
  readonly storeFailures?: StoreFailures;
  /** Faults that began or ended so far from their plan that phases hold what is not theirs, a sentence each. */
  readonly faultShifts: readonly string[];
  /** Parts that ended or were lost although nobody asked them to: `service`, `rabbitmq`, `toxiproxy`, … */
  readonly lostParts: readonly string[];
  /** Who should have left evidence and did not. Left out: nobody. */
  readonly missingEvidence?: readonly string[];
  /** How late the subscribers' processes read, and how long the worst of them stood still; left out: nothing is published. */
  readonly subscribers?: SubscribersHealth | null;
  /** The load was cut short: by an interrupt, say. */
  readonly cutShort: boolean;
  /** The threshold that ended the load; absent or null: none did. */
  readonly stoppedBy?: string | null;
}

export interface SubscribersHealth {
  /** Of their canaries, µs; null: too few came back. */
  readonly readP99Us: number | null;
  readonly longestStallMs: number;
  readonly eventLoopUtilisation: number;
  /** A process of them ended: what was delivered is not known. */
  readonly isLost: boolean;
}

/** Documented in the docs/fairness.md: change both. */
const verdictLimits = {
  suspectSendLagP50Us: 2_000,
  suspectSendLagP99Us: 10_000,
  invalidSendLagP99Us: 50_000,
  /** A single stall of the generator this long delays every operation due in it. */
  suspectStallMs: 200,
  invalidStallMs: 400,
  suspectGcPauseMs: 100,
  suspectGcShare: 0.05,
  suspectDroppedLateShare: 0,
  invalidDroppedLateShare: 0.01,
  suspectCpuSteal: 0.01,
  suspectOtherWork: 0.05,
  suspectEventLoopUtilisation: 0.9,
  /** The instrument’s own error, of a primary figure. */
  suspectErrorShare: 0.1,
  /** The error of the tail beyond it, of the same figure. Chosen on the calibration set: docs/calibrate.md. */
  suspectTailShare: 0.05,
} as const;

type Rule = (input: VerdictInput) => VerdictReason | null;

const ms = (us: number) => (us < 1e3 ? `${Math.round(us)} µs` : `${(us / 1e3).toFixed(1)} ms`);
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const slower = 'Lower the rate or the number of users, add load.threads, or give the generator a machine of its own.';

/**
 * Above 1: too coarse. A tail of errors moves the percentile below it as well, since errors are added to figures in each
 * operation.
 */
function coarseness({ us, errorUs, tailErrorUs }: PrimaryFigure): number {
  const { suspectErrorShare, suspectTailShare } = verdictLimits;
  return us === 0 ? 0 : Math.max(errorUs / suspectErrorShare, (tailErrorUs ?? 0) / suspectTailShare) / us;
}

export function reason(status: VerdictReason['status'], code: string, message: string, remedy: string): VerdictReason {
  return { status, code, message, remedy };
}

/** What is told of a load generator, and of each of several by itself. */
export type HealthInput = Pick<
  VerdictInput,
  | 'sendLagP50Us'
  | 'sendLagP99Us'
  | 'sendLagMaxUs'
  | 'longestStallMs'
  | 'longestGcPauseMs'
  | 'gcShare'
  | 'droppedLateShare'
  | 'eventLoopUtilisation'
>;

const healthRules: readonly ((input: HealthInput) => VerdictReason | null)[] = [
  ({ sendLagP99Us: p99 }) =>
    p99 !== null && p99 > verdictLimits.invalidSendLagP99Us
      ? reason('invalid', 'generatorLate', `The generator started operations late: send lag p99 ${ms(p99)}.`, slower)
      : null,
  ({ sendLagP50Us: p50, sendLagP99Us: p99 }) => {
    if (p50 === null || p99 === null || p99 > verdictLimits.invalidSendLagP99Us) return null;
    return p50 > verdictLimits.suspectSendLagP50Us || p99 > verdictLimits.suspectSendLagP99Us
      ? reason('suspect', 'sendLag', `Send lag p50 ${ms(p50)}, p99 ${ms(p99)}.`, slower)
      : null;
  },
  ({ sendLagP99Us: p99, sendLagMaxUs: max, longestStallMs }) => {
    // Where lag is the rule, the longest of it is a backlog and no stall.
    const onceUs = p99 === null || p99 > verdictLimits.suspectSendLagP99Us ? 0 : (max ?? 0);
    const stallMs = Math.max(longestStallMs ?? 0, onceUs / 1e3);
    if (stallMs <= verdictLimits.suspectStallMs) return null;
    const status = stallMs > verdictLimits.invalidStallMs ? 'invalid' : 'suspect';
    const message = `The generator stood still for ${stallMs.toFixed(0)} ms.`;
    return reason(status, 'generatorStall', message, 'Run it again on a quieter machine, and do not pause it.');
  },
  ({ longestGcPauseMs: longest, gcShare: share }) =>
    (longest ?? 0) > verdictLimits.suspectGcPauseMs || (share ?? 0) > verdictLimits.suspectGcShare
      ? reason(
          'suspect',
          'gcPauses',
          `Garbage collection took ${percent(share ?? 0)} of a load worker’s time, ${(longest ?? 0).toFixed(0)} ms at once.`,
          'Lower maxInFlight or the payloads’ size, or spread the load over more load.threads.',
        )
      : null,
  ({ droppedLateShare: share }) =>
    share !== null && share > verdictLimits.suspectDroppedLateShare
      ? reason(
          share > verdictLimits.invalidDroppedLateShare ? 'invalid' : 'suspect',
          'generatorDrops',
          `The generator was late and so dropped ${percent(share)} of the operations itself at maxInFlight.`,
          slower,
        )
      : null,
  ({ eventLoopUtilisation: busy }) =>
    busy !== null && busy > verdictLimits.suspectEventLoopUtilisation
      ? reason(
          'suspect',
          'generatorBusy',
          `A load worker was busy ${percent(busy)} of the time: the limit may be its own, not the system’s.`,
          slower,
        )
      : null,
];

const rules: readonly Rule[] = [
  ...healthRules,
  ({ primaryFigures }) => {
    const [worst] = primaryFigures.toSorted((a, b) => coarseness(b) - coarseness(a));
    if (worst === undefined || coarseness(worst) <= 1) return null;
    const { name, us, errorUs, tailErrorUs } = worst;
    const tail =
      tailErrorUs === null || tailErrorUs <= errorUs ? '' : `, and ± ${ms(tailErrorUs)} in the tail that moves it`;
    return reason(
      'suspect',
      'resolution',
      `The instrument’s own error was ± ${ms(errorUs)}, ${percent(errorUs / us)} of ${name}, ${ms(us)}${tail}.`,
      'Take no difference for real that is smaller than that; a quieter or larger machine, or a lower rate, has less of it.',
    );
  },
  ({ otherWork }) =>
    otherWork !== null && otherWork > verdictLimits.suspectOtherWork
      ? reason(
          'suspect',
          'otherWork',
          `Programs that are no part of this run took ${percent(otherWork)} of the machine’s CPU.`,
          'End them, or use a machine of its own, and run it again.',
        )
      : null,
  ({ cpuSteal }) =>
    cpuSteal !== null && cpuSteal > verdictLimits.suspectCpuSteal
      ? reason(
          'suspect',
          'cpuSteal',
          `The host took ${percent(cpuSteal)} of the CPU away.`,
          'Run it again when the host is quieter.',
        )
      : null,
  ({ notSteady }) =>
    notSteady
      ? reason(
          'suspect',
          'notSteady',
          'p50, throughput and CPU still changed when the longest warm-up was over.',
          'Set a longer load.warmup, or a rate that the system can hold.',
        )
      : null,
  ({ faultProblems }) =>
    faultProblems.length > 0
      ? reason(
          'invalid',
          'faultDidNotAct',
          `${faultProblems.join('; ')}.`,
          'Look at the stack’s logs and run the trial again.',
        )
      : null,
  ({ faultShifts }) =>
    faultShifts.length > 0
      ? reason(
          'suspect',
          'faultShifted',
          `${faultShifts.join('; ')}: the phases are the planned ones, so that one holds what is the other’s.`,
          'Run it again on a quieter machine, or give the window more time.',
        )
      : null,
  ({ lostParts }) =>
    lostParts.includes('toxiproxy')
      ? reason(
          'invalid',
          'proxyLost',
          'Toxiproxy ended during the trial: nothing passed the links any more.',
          'Run the trial again.',
        )
      : null,
  ({ lostParts }) => {
    const parts = lostParts.filter((part) => part !== 'toxiproxy');
    const message = `${parts.join(' and ')} ended during the trial although no fault asked for it.`;
    return parts.length > 0
      ? reason('suspect', 'partLost', message, 'Look at its log, then run the trial again.')
      : null;
  },
  ({ subscribers }) => {
    if (subscribers?.isLost !== true) return null;
    const message = 'A process of subscribers ended during the trial: what was delivered is not known.';
    return reason('invalid', 'subscribersLost', message, 'Look at its log, then run the trial again.');
  },
  ({ subscribers }) => {
    if (subscribers === null || subscribers === undefined || subscribers.isLost) return null;
    const { readP99Us, longestStallMs, eventLoopUtilisation } = subscribers;
    const lateUs = readP99Us ?? 0;
    const { suspectSendLagP99Us, invalidSendLagP99Us, suspectStallMs, invalidStallMs } = verdictLimits;
    const isBusy = eventLoopUtilisation > verdictLimits.suspectEventLoopUtilisation;
    if (lateUs <= suspectSendLagP99Us && longestStallMs <= suspectStallMs && !isBusy) return null;
    const status = lateUs > invalidSendLagP99Us || longestStallMs > invalidStallMs ? 'invalid' : 'suspect';
    const message = `The subscribers read late: p99 ${ms(lateUs)}, ${longestStallMs.toFixed(0)} ms at once, busy ${percent(eventLoopUtilisation)} of the time.`;
    return reason(status, 'subscriberLate', message, 'Take fewer subscribers or a lower rate, or a larger machine.');
  },
  ({ missingEvidence = [] }) =>
    missingEvidence.length > 0
      ? reason(
          'invalid',
          'evidenceMissing',
          `The evidence of ${missingEvidence.join(' and ')} is missing: what became of the operations is not known.`,
          'Look at its log and at the disk of the temporary folder, then run the trial again.',
        )
      : null,
  ({ storeFailures }) =>
    storeFailures !== undefined && storeFailures.requests > 0
      ? reason(
          'suspect',
          'storeFailed',
          `The store of the service could not keep ${storeFailures.requests} requests, which it refused: ${storeFailures.why}.`,
          'Look whether the disk of the temporary folder is full, or too slow for this rate.',
        )
      : null,
  ({ unexplainedCents = 0 }) =>
    unexplainedCents !== 0
      ? reason(
          'invalid',
          'recordDisagrees',
          `The accounts of the service are ${unexplainedCents} cents off what its record of effects comes to.`,
          'One of them misses something, so that the ledger cannot be trusted. Please report it with the result.',
        )
      : null,
  ({ stoppedBy }) =>
    stoppedBy === null || stoppedBy === undefined
      ? null
      : reason(
          'invalid',
          'stoppedByThreshold',
          `The load was ended: ${stoppedBy} did not hold.`,
          'Look at the first failures.',
        ),
  ({ cutShort }) => (cutShort ? reason('invalid', 'cutShort', 'The load was cut short.', 'Let the run finish.') : null),
];

export function judge(input: VerdictInput): Verdict {
  const reasons = rules.map((rule) => rule(input)).filter((found) => found !== null);
  return { status: worstStatus(reasons), reasons, sharesCores: input.sharesCores, figures: figuresOf(input) };
}

export function healthReasons(input: HealthInput): VerdictReason[] {
  return healthRules.map((rule) => rule(input)).filter((found) => found !== null);
}

export function worstStatus(reasons: readonly VerdictReason[]): Verdict['status'] {
  if (reasons.some(({ status }) => status === 'invalid')) return 'invalid';
  return reasons.length > 0 ? 'suspect' : 'valid';
}

function figuresOf(input: VerdictInput): VerdictFigures {
  const figures = Object.entries(input).filter(([, value]) => value === null || typeof value === 'number');
  return {
    ...Object.fromEntries(figures.map(([name, value]) => [name, value === null ? null : Number(value.toPrecision(4))])),
    ...(input.canary !== undefined && { canary: input.canary }),
  };
}
