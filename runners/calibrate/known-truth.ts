/**
 * What a perfect recorder would show, in closed form: percentiles by rank over all operations of the phase, the way
 * `LatencyCounts` takes them. Times in µs.
 */
export type TruthAt = (quantile: number) => number;

/** 1 … total. */
function rankOf(quantile: number, total: number): number {
  return Math.max(1, Math.ceil(quantile * total - 1e-9));
}

export function fixedTruth(delayUs: number): TruthAt {
  return () => delayUs;
}

/** `slow` of `total` operations take `slowUs`, the others `fastUs`. */
export function bimodalTruth(fastUs: number, slowUs: number, total: number, slow: number): TruthAt {
  return (quantile) => (rankOf(quantile, total) <= total - slow ? fastUs : slowUs);
}

/**
 * A service without delay stands still for `stallUs`: of arrivals `gapUs` apart, those in the stall wait for its end, the
 * first of them all of it; nobody else waits. That the service then has to work off what has gathered is not in it.
 */
export function stallTruth(stallUs: number, gapUs: number, total: number): TruthAt {
  const held = Math.round(stallUs / gapUs);
  return (quantile) => Math.max(0, rankOf(quantile, total) - (total - held)) * gapUs;
}
