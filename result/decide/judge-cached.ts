/** Staleness of reads that a cache answers: how long what they showed had been overtaken, 0 where it had not. */
import type { CacheResult } from '../result-types.ts';
import type { Judgement } from '../schema/decision-schema.ts';
import { geometricInterval, meanOf, varianceOf } from '../statistics/statistics.ts';
import { factorBeyondDoubt, leastRepeats } from '../statistics/statistics-order.ts';
import type { Candidate, PlayedTrial } from './candidates.ts';
import { figuresOf, isSure, judgeEstimate } from './judge-estimate.ts';
import { judgement, placeOf, worstOf } from './judgement.ts';
import type { Requirement } from './requirements.ts';
import { operationsNeeded, type TimeEstimate } from './time-estimate.ts';

type StaleRequirement = Extract<Requirement, { kind: 'stale' }>;

/** null: none of its reads is cached. */
export function judgeCached({ played }: Candidate, requirement: StaleRequirement): Judgement | null {
  const cached = played.filter(({ trial: { cache } }) => cache !== undefined && cache.kind !== 'none');
  if (cached.length === 0) return null;
  const unstruck = cached.filter(({ away }) => away.length === 0);
  const places = Map.groupBy(
    unstruck.length > 0 ? unstruck : cached,
    ({ load, trial }) => `${load} ${trial.condition}`,
  );
  const [first, ...others] = [...places.values()].map((those) => judgePlace(those, requirement));
  return first === undefined ? null : worstOf([first, ...others]);
}

function judgePlace(played: readonly PlayedTrial[], requirement: StaleRequirement): Judgement {
  const [first] = played;
  const place = first === undefined ? null : placeOf(first, null, null);
  const sure = played.filter(({ trial }) => isSure(trial.verdict));
  if (sure.length === 0) return judgement(requirement, 'cannotTell', 'suspectOnly', { place });
  const caches = sure.flatMap(({ trial: { cache } }) => cache ?? []);
  if (caches.some(({ stale }) => stale === null)) {
    return judgement(requirement, 'cannotTell', 'versionsNotKnown', { place });
  }
  if (caches.every(({ stale }) => stale?.changes === 0)) {
    return judgement(requirement, 'notAsked', 'nothingChanged', { place });
  }
  const estimate = estimateStale(caches, requirement);
  if (estimate.us !== null) return judgeEstimate(requirement, estimate, place);
  const needed = operationsNeeded(requirement.percentile);
  return judgement(requirement, 'cannotTell', 'tooFewOperations', { place, ...figuresOf(estimate), needed });
}

/**
 * Three repeats or more: Student's t of their logarithms. Fewer, or some without any: a factor of 1.5 further out. What nothing
 * older than max-age was ever seen of is bounded by that: a cache forgets by the clock, not by chance.
 */
function estimateStale(caches: readonly CacheResult[], { percentile }: StaleRequirement): TimeEstimate {
  const values = caches.map(({ stale }) => stale?.overallUs[percentile] ?? null);
  const known = values.filter((value) => value !== null);
  const bare = { values, us: null, lowUs: null, highUs: null, scatter: null, errorUs: 0 };
  if (known.length < values.length) return bare;
  const logs = known.filter((value) => value > 0).map(Math.log);
  const isWhole = logs.length === known.length && logs.length >= leastRepeats;
  const [low, high] = isWhole
    ? geometricInterval(logs)
    : [Math.min(...known) / factorBeyondDoubt, Math.max(...known) * factorBeyondDoubt];
  const isLegal = caches.every(({ stale }) => stale?.illegal === 0);
  const boundUs = isLegal
    ? Math.max(...caches.map(({ maxAgeSeconds }) => maxAgeSeconds * 1e6))
    : Number.POSITIVE_INFINITY;
  return {
    ...bare,
    us: isWhole ? Math.exp(meanOf(logs)) : meanOf(known),
    lowUs: Math.min(low, boundUs),
    highUs: Math.min(high, boundUs),
    scatter: isWhole ? Math.sqrt(varianceOf(logs)) : null,
  };
}
