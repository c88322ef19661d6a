/** Latency and staleness: times of each operation while nothing is disturbed. */
import { patterns } from '../patterns.ts';
import type { LatencyName, PhaseName } from '../result-types.ts';
import type { Judgement } from '../schema/decision-schema.ts';
import type { Candidate, PlayedTrial } from './candidates.ts';
import { judgeCached } from './judge-cached.ts';
import { figuresOf, isSure, judgeEstimate, type TimeRequirement } from './judge-estimate.ts';
import { judgement, placeOf, worstOf } from './judgement.ts';
import type { Requirement } from './requirements.ts';
import { estimateTime, operationsNeeded } from './time-estimate.ts';

export function judgeLatency(candidate: Candidate, requirement: Extract<Requirement, { kind: 'latency' }>): Judgement {
  return judgePlaces(candidate, requirement, () => requirement.latency);
}

/**
 * How long what was taken over is not yet to be seen. Where the caller waits for the reply its effect is there by then,
 * in the process that answered, unless a cache answers reads.
 */
export function judgeStaleness(candidate: Candidate, requirement: Extract<Requirement, { kind: 'stale' }>): Judgement {
  const { completion, played, guarantee } = candidate;
  if (completion !== 'replied') {
    return judgePlaces(candidate, requirement, ({ trial }, operation) => {
      const pattern = Object.values(trial.phases).find((phase) => phase?.operations[operation])?.operations[operation];
      return pattern !== undefined && patterns[pattern.pattern].judgedBy.includes('settled') ? 'settled' : 'applied';
    });
  }
  const cached = judgeCached(candidate, requirement);
  if (cached !== null) return cached;
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
  const { percentile } = requirement;
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
  return judgeEstimate(requirement, estimate, place);
}
