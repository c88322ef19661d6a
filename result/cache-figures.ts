/** Figures of a trial whose reads are cached, or looked at: null where nobody knows. */
import type { TrialResult } from './result-types.ts';

/** What its values are written in. */
export const cacheFigureUnits = {
  hitRatio: 'percentage',
  revalidations: 'count',
  originShare: 'percentage',
  staleReads: 'count',
  staleIllegal: 'count',
  stalest: 'duration',
  readsBack: 'count',
  ownUnread: 'count',
  evicted: 'count',
  sameUnderNewTag: 'count',
} as const;
type CacheFigure = keyof typeof cacheFigureUnits;

export const cacheFigures: Readonly<Record<CacheFigure, (trial: TrialResult) => number | null>> = {
  /** Of the reads that were ok, what a cache showed without asking. */
  hitRatio: ({ cache }) => shareOf(cache?.hit.count, cache?.reads),
  /** Reads that a cache asked about, and was told that what it kept still holds (304). */
  revalidations: ({ cache }) => cache?.revalidated.count ?? null,
  /** Of the reads that were offered, what our service has on record. */
  originShare: ({ cache }) => shareOf(cache?.originReads, cache?.offered),
  staleReads: ({ cache }) => cache?.stale?.reads ?? null,
  staleIllegal: ({ cache }) => cache?.stale?.illegal ?? null,
  /** How old the oldest of all reads was, µs. */
  stalest: ({ cache }) => cache?.stale?.overallUs.max ?? null,
  readsBack: ({ cache }) => cache?.stale?.backwards ?? null,
  ownUnread: ({ cache }) => cache?.stale?.ownUnread ?? null,
  evicted: ({ cache }) => cache?.kept?.evicted ?? null,
  sameUnderNewTag: ({ cache }) => cache?.kept?.sameUnderNewTag ?? null,
};

/** null: not known, or of nothing. */
function shareOf(part: number | null | undefined, whole: number | undefined): number | null {
  return part === null || part === undefined || whole === undefined || whole === 0 ? null : part / whole;
}
