/** Sums over the operations of a trial that have a version; null: there are none, or nobody knows. */
import { knownSum } from './known-sum.ts';
import type { TrialResult, VersionCalls } from './result-types.ts';

/** Of all calls those of operations of which an answer said that they are deprecated, 0–1. */
export function deprecatedShareOf({ versions }: Pick<TrialResult, 'versions'>): number | null {
  const calls = sumOf(versions, ({ calls }) => calls);
  const deprecated = sumOf(
    versions?.filter(({ deprecation }) => deprecation !== null),
    ({ calls }) => calls,
  );
  return calls === null || calls === 0 || deprecated === null ? null : deprecated / calls;
}

export function sumOf(
  versions: readonly VersionCalls[] | undefined,
  figureOf: (calls: VersionCalls) => number | null,
): number | null {
  return versions === undefined ? null : knownSum(versions.map(figureOf));
}
