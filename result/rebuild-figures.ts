/** Figures of states that were folded anew from a log, by the metric's name: of the worst where there are several; null: none was, or not known. */
import { knownSum } from './known-sum.ts';
import type { RebuildResult, TrialResult } from './result-types.ts';

export const rebuildFigureUnits = {
  replayed: 'rate',
  readyAfter: 'duration',
  caughtUpAfter: 'duration',
  liveP99: 'duration',
  readsRefused: 'count',
  statesDiffer: 'count',
} as const;
type RebuildFigure = keyof typeof rebuildFigureUnits;
export const rebuildFigureNames = Object.keys(rebuildFigureUnits) as RebuildFigure[];

type FigureOf = (trial: TrialResult) => number | null;

export const rebuildFigures: Readonly<Record<RebuildFigure, FigureOf>> = {
  /** Events a second. */
  replayed: ({ rebuilds }) => worstOf(rebuilds, ({ readPerSecond }) => readPerSecond, Math.min),
  readyAfter: ({ rebuilds }) => worstOf(rebuilds, ({ readyAfterUs }) => readyAfterUs, Math.max),
  caughtUpAfter: ({ rebuilds }) => worstOf(rebuilds, ({ caughtUpUs }) => caughtUpUs, Math.max),
  /** Of what makes something new, and was offered meanwhile. */
  liveP99: ({ rebuilds }) => worstOf(rebuilds, ({ live }) => live.p99 ?? null, Math.max),
  readsRefused: ({ rebuilds }) => rebuilds?.reduce((sum, { refusedReads }) => sum + refusedReads, 0) ?? null,
  /** How often such a state was another one than its events come to. */
  statesDiffer: ({ rebuilds = [] }) =>
    rebuilds.length === 0 ? null : knownSum(rebuilds.map(({ isSame }) => (isSame === null ? null : Number(!isSame)))),
};

function worstOf(
  rebuilds: readonly RebuildResult[] = [],
  of: (rebuild: RebuildResult) => number | null,
  choose: (...values: number[]) => number,
): number | null {
  const known = rebuilds.flatMap((rebuild) => of(rebuild) ?? []);
  return known.length === 0 || known.length < rebuilds.length ? null : choose(...known);
}
