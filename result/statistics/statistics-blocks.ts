/**
 * How sure a percentile of one trial is, from its blocks: slow operations come in bursts, and a burst is one observation,
 * however many operations it held up.
 */
import { type BlockCounts, binStartUs } from '../block-counts.ts';
import type { LatencyCounts } from '../latency-counts.ts';
import { isTooFew } from '../latency-summary.ts';
import { tReachedBy } from './statistics.ts';

/** A block: operations offered in it, and those of them beyond the estimate (what never completed included). */
export interface BlockShare {
  readonly offered: number;
  readonly beyond: number;
}

const leastBlocks = 20;
const leastPerBlock = 20;
/** A stall is to lie within one block, or the blocks would depend on each other. */
const stallsPerBlock = 10;
const mostDegrees = 1_000;

/** Variance of the share beyond, ÷ that of independent draws; at least 1. null: fewer than 20 blocks. */
export function designEffect(blocks: readonly BlockShare[], shareBeyond: number): number | null {
  const count = blocks.length;
  if (count < leastBlocks) return null;
  const offered = blocks.reduce((sum, block) => sum + block.offered, 0);
  const squares = blocks.reduce((sum, block) => sum + (block.beyond - shareBeyond * block.offered) ** 2, 0);
  const variance = ((count / (count - 1)) * squares) / offered ** 2;
  return Math.max(1, (variance * offered) / (shareBeyond * (1 - shareBeyond)));
}

/**
 * How many blocks of the same number beyond would say as much: all of 60 blocks for a median, five for a tail that is made
 * of five bursts. The variance is known no better than from so many.
 */
export function blocksInEffect(blocks: readonly BlockShare[]): number {
  const sum = blocks.reduce((total, { beyond }) => total + beyond, 0);
  return sum === 0 ? 0 : sum ** 2 / blocks.reduce((total, { beyond }) => total + beyond ** 2, 0);
}

/** Ranks (fractions) between which the quantile of `total` operations lies; `inEffect`: as `blocksInEffect` says. */
export function rankInterval(
  quantile: number,
  total: number,
  effect: number,
  inEffect = Number.POSITIVE_INFINITY,
): readonly [number, number] {
  // Of many it is the 1.96 of the normal distribution.
  const reach = inEffect > mostDegrees ? 1.96 : tReachedBy(0.05, Math.max(1, Math.round(inEffect) - 1));
  const half = reach * Math.sqrt(effect * total * quantile * (1 - quantile));
  return [total * quantile - half, total * quantile + half];
}

export interface WithinRunSource {
  /** Those that completed. */
  readonly counts: LatencyCounts;
  /** Of the same operations by block. */
  readonly blocks: BlockCounts;
  /** By block: all offered, where `blocks` holds only those that got there. */
  readonly offered?: BlockCounts;
  /** In `counts` and `blocks`: samples of one operation of `offered`. Left out: 1. */
  readonly each?: number;
  readonly blockMs: number;
  readonly longestStallMs: number;
}

/** µs; the upper end null: beyond the highest that was seen, or not reached. */
export type QuantileInterval = readonly [number, number | null];

/** 95 %, of this run alone: what the next one does differently is not in it. null: too few samples or blocks. */
export function withinRunInterval(source: WithinRunSource, quantile: number): QuantileInterval | null {
  const { counts, each = 1 } = source;
  const blocks = widened(source);
  const total = blocks.reduce((sum, { offered }) => sum + offered, 0);
  if (total === 0 || isTooFew(quantile, total / each)) return null;
  const estimate = counts.atQuantile(quantile, total);
  if (estimate === null) return null;
  const found = effectAt(blocks, estimate, 1 - quantile);
  if (found === null) return null;
  const [low, high] = rankInterval(quantile, total, found.effect, found.inEffect);
  const at = (rank: number) => counts.atQuantile(rank / total, total);
  return [at(Math.max(1, Math.floor(low))) ?? estimate, high + 1 > total ? null : at(Math.ceil(high))];
}

interface WideBlock {
  offered: number;
  /** By bin. */
  readonly counts: number[];
}

/** Joined until one holds 20 operations and is ten times as long as the longest stall. */
function widened({ blocks, offered = blocks, each = 1, blockMs, longestStallMs }: WithinRunSource): WideBlock[] {
  const all = offered.toData();
  const total = all.reduce((sum, counts) => sum + sumOf(counts), 0);
  const first = all.findIndex((counts) => sumOf(counts) > 0);
  if (first < 0) return [];
  const perBlock = total / (all.length - first);
  const joined = Math.max(
    1,
    Math.ceil((stallsPerBlock * longestStallMs) / blockMs),
    Math.ceil(leastPerBlock / perBlock),
  );
  const wide: WideBlock[] = [];
  all.forEach((counts, block) => {
    if (block < first) return;
    const number = Math.floor((block - first) / joined);
    const into = wide[number] ?? { offered: 0, counts: [] };
    wide[number] = into;
    into.offered += sumOf(counts) * each;
    blocks.toData()[block]?.forEach((count, bin) => {
      into.counts[bin] = (into.counts[bin] ?? 0) + count;
    });
  });
  return wide;
}

function sumOf(counts: Uint32Array | undefined): number {
  return counts?.reduce((sum, count) => sum + count, 0) ?? 0;
}

interface Effect {
  readonly effect: number;
  readonly inEffect: number;
}

/** The bins are too wide to count beyond the estimate itself: between its bin's two edges, by where the share lies. */
function effectAt(blocks: readonly WideBlock[], estimate: number, shareBeyond: number): Effect | null {
  if (blocks.length < leastBlocks) return null;
  let bin = 0;
  while (binStartUs(bin + 1) <= estimate) bin++;
  const [low, high] = [edgeEffect(blocks, bin), edgeEffect(blocks, bin + 1)];
  if (low === null || high === null) return low ?? high ?? { effect: 1, inEffect: blocks.length };
  const weight = low.share === high.share ? 1 : (shareBeyond - high.share) / (low.share - high.share);
  const between = (of: (edge: Effect) => number) => weight * of(low) + (1 - weight) * of(high);
  return { effect: between(({ effect }) => effect), inEffect: between(({ inEffect }) => inEffect) };
}

/** null: nothing, or all, lies beyond the lower edge of the bin. */
function edgeEffect(blocks: readonly WideBlock[], bin: number): (Effect & { readonly share: number }) | null {
  const shares = blocks.map(({ offered, counts }): BlockShare => {
    const within = counts.slice(0, bin).reduce((sum, count) => sum + (count ?? 0), 0);
    return { offered, beyond: offered - within };
  });
  const total = shares.reduce((sum, { offered }) => sum + offered, 0);
  const share = shares.reduce((sum, { beyond }) => sum + beyond, 0) / total;
  const effect = share <= 0 || share >= 1 ? null : designEffect(shares, share);
  return effect === null ? null : { share, effect, inEffect: blocksInEffect(shares) };
}
