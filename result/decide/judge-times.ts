/** Latency and staleness: times of each operation while nothing is disturbed. */
import { patterns } from '../patterns.ts';
import type { LatencyName, PhaseName } from '../result-types.ts';
import type { Judgement } from '../schema/decision-schema.ts';
import type { Candidate, PlayedTrial } from './candidates.ts';
import { judgement, placeOf, worstOf } from './judgement.ts';
import type { Requirement } from './requirements.ts';
import { estimateTime, operationsNeeded, repeatsNeeded, type TimeEstimate } from './time-estimate.ts';

type TimeRequirement = Extract<Requirement, { kind: 'latency' | 'stale' }>;

export function judgeLatency(candidate: Candidate, requirement: Extract<Requirement, { kind: 'latency' }>): Judgement {
  return judgePlaces(candidate, requirement, () => requirement.latency);
}

/**
 * How long what was taken over is not yet to be seen. Where the caller waits for the reply its effect is there by then,
 * in the process that answered.
 */
export function judgeStaleness(candidate: Candidate, requirement: Extract<Requirement, { kind: 'stale' }>): Judgement {
  const { completion, played, guarantee } = candidate;
  if (completion !== 'replied') {
    return judgePlaces(candidate, requirement, ({ trial }, operation) => {
      const pattern = Object.values(trial.phases).find((phase) => phase?.operations[operation])?.operations[operation];
      return pattern !== undefined && patterns[pattern.pattern].judgedBy.includes('settled') ? 'settled' : 'applied';
    });
  }
  const isSpread = played.some(({ trial }) => Object.keys(trial.receivedBy ?? {}).length > 1);
  return isSpread && guarantee === 'process memory'
    ? judgement(requirement, 'notAsked', 'stateOfOneProcess')
    : judgement(requirement, 'meets', 'answeredAfterEffect');
}

function judgePlaces(
  candidate: Candidate,
  requirement: TimeRequirement,
  latencyOf: (played: PlayedTrial, operation: string) => LatencyName,
): Judgement {
  const judged = candidate.operations.flatMap((operation) =>
    placesOf(candidate, operation).map(({ phase, played }) =>
      judgePlace(played, { phase, operation }, requirement, latencyOf),
    ),
  );
  const [first, ...others] = judged;
  return first === undefined ? judgement(requirement, 'notAsked', 'notPlayed') : worstOf([first, ...others]);
}

interface Undisturbed {
  readonly phase: PhaseName;
  readonly played: readonly [PlayedTrial, ...PlayedTrial[]];
}

/** Of one scenario and load each: conditions without faults; where it has none, what comes before the faults. */
function placesOf({ played }: Candidate, operation: string): Undisturbed[] {
  const has = (phase: PhaseName) => (one: PlayedTrial) =>
    (one.trial.phases[phase]?.operations[operation]?.counts.offered ?? 0) > 0;
  return [...Map.groupBy(played, ({ load }) => load).values()].flatMap((ofLoad) => {
    const phase = ofLoad.some(has('steady')) ? 'steady' : 'before';
    const there = ofLoad.filter(has(phase));
    // An outage strikes what is in flight when it begins.
    const unstruck = there.filter(({ away }) => away.length === 0);
    const groups = Map.groupBy(unstruck.length > 0 ? unstruck : there, ({ trial }) => trial.condition);
    return [...groups.values()].flatMap(([first, ...others]): Undisturbed[] =>
      first === undefined ? [] : [{ phase, played: [first, ...others] }],
    );
  });
}

function judgePlace(
  played: Undisturbed['played'],
  { phase, operation }: { readonly phase: PhaseName; readonly operation: string },
  requirement: TimeRequirement,
  latencyOf: (played: PlayedTrial, operation: string) => LatencyName,
): Judgement {
  const { percentile, limitUs } = requirement;
  const place = placeOf(played[0], phase, operation);
  const sure = played.filter(({ trial }) => isSure(trial.verdict));
  if (sure.length === 0) return judgement(requirement, 'cannotTell', 'suspectOnly', { place });
  const latency = latencyOf(played[0], operation);
  const estimate = estimateTime(
    sure.map(({ trial }) => trial),
    { operation, phase, latency, percentile },
  );
  const known = { place, ...figuresOf(estimate) };
  if (estimate.us === null) {
    return judgement(requirement, 'cannotTell', 'tooFewOperations', { ...known, needed: operationsNeeded(percentile) });
  }
  const isUnreached = estimate.values.includes(Number.POSITIVE_INFINITY);
  if (isUnreached && sure.some(({ away }) => away.length > 0))
    return judgement(requirement, 'cannotTell', 'struckBefore', known);
  if (estimate.us === Number.POSITIVE_INFINITY) return judgement(requirement, 'misses', 'notReached', known);
  return judgement(requirement, ...answerOf(estimate, limitUs), { ...known, needed: neededOf(estimate, limitUs) });
}

/** A poor resolution is in the interval; what else makes a trial suspect is not. */
export function isSure({ status, reasons }: PlayedTrial['trial']['verdict']): boolean {
  return (
    status === 'valid' ||
    (status === 'suspect' && reasons.length > 0 && reasons.every(({ code }) => code === 'resolution'))
  );
}

function figuresOf({ us, lowUs, highUs, values }: TimeEstimate) {
  const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);
  return {
    ...{ valueUs: finite(us), lowUs: finite(lowUs), highUs: finite(highUs) },
    repeats: values.filter((value) => value !== null).length,
  };
}

function answerOf(
  { us, lowUs, highUs, errorUs }: TimeEstimate,
  limitUs: number,
): readonly [Judgement['answer'], Judgement['reason']] {
  if (lowUs === null || highUs === null) return ['cannotTell', 'noInterval'];
  if (highUs <= limitUs) return ['meets', null];
  if (lowUs > limitUs) return ['misses', null];
  if (highUs === Number.POSITIVE_INFINITY) return ['cannotTell', 'notReachedInSome'];
  const isFine = us !== null && Math.abs(us - limitUs) <= errorUs;
  return ['cannotTell', isFine ? 'withinInstrumentError' : 'withinInterval'];
}

function neededOf(estimate: TimeEstimate, limitUs: number): number | null {
  return answerOf(estimate, limitUs)[0] === 'cannotTell' ? repeatsNeeded(estimate, limitUs) : null;
}
