/**
 * When something was as usual again after a trial's faults: read off blocks, against the usual range of the same figures.
 * The answer is an interval, since nobody looks closer than a block.
 */
import type { TrialResult } from './result-types.ts';

/** Fewer blocks tell no usual range. */
const leastUsualBlocks = 20;
/** So many in range, one after the other: recovered. */
const blocksInARow = 4;
/** Of the usual blocks lie beyond the range: at the bad end only, since to be better than usual is no harm. */
const shareBeyond = 0.025;
/** One block this many times beyond the range is no chance. */
const plainly = 2;

/** A stretch of a trial, or a moment of it (`fromMs` = `toMs`), milliseconds after the end of warm-up. */
export interface RecoveryBlock {
  readonly fromMs: number;
  readonly toMs: number;
  /** Higher is worse; infinite where nothing got there. */
  readonly figures: readonly number[];
}

export interface UsualRange {
  /** By figure. */
  readonly highest: readonly number[];
  /** So many blocks out of range in a row come while nothing is wrong; at least 1. */
  readonly longestOut: number;
}

/**
 * `recovered`: at a moment in (`fromMs`, `toMs`] after the last fault was over. `notWithinLoad`: `afterMs` after it not yet.
 * `neverLeft`: the faults did not show. `cannotSay`: nobody knows what is usual.
 */
export type Recovery =
  | { readonly kind: 'recovered'; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: 'neverLeft' }
  | { readonly kind: 'notWithinLoad'; readonly afterMs: number }
  | { readonly kind: 'cannotSay' };

export interface FaultSpan {
  /** When the first was applied, milliseconds after the end of warm-up. */
  readonly beginsAtMs: number;
  /** When the last was really over; for a killed part: when it was ready. */
  readonly overAtMs: number;
}

/** null without faults, or where one was not applied or not undone. */
export function faultSpanOf({ faults }: Pick<TrialResult, 'faults'>): FaultSpan | null {
  const removed = faults.map(({ removedAtMs }) => removedAtMs);
  const applied = faults.map(({ appliedAtMs }) => appliedAtMs);
  if (faults.length === 0 || removed.includes(null) || applied.includes(null)) return null;
  return { beginsAtMs: Math.min(...applied.map(Number)), overAtMs: Math.max(...removed.map(Number)) };
}

/** `stretches`: each of blocks one after the other. null: too few of them, or the first figure is not reached in too many. */
export function usualRange(stretches: readonly (readonly RecoveryBlock[])[]): UsualRange | null {
  const blocks = stretches.flat();
  const [first] = blocks;
  if (first === undefined || blocks.length < leastUsualBlocks) return null;
  const highest = first.figures.map((_, n) => quantile(blocks.map(({ figures }) => figures[n] as number)));
  if (!Number.isFinite(highest[0])) return null;
  const longest = stretches.map((stretch) => longestRun(stretch.map((block) => !isWithin(block, highest))));
  return { highest, longestOut: Math.max(1, ...longest) };
}

/** The value that `shareBeyond` of them exceed, interpolated between ranks. */
function quantile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (1 - shareBeyond) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] as number;
  const above = sorted[Math.ceil(rank)] as number;
  return below === above ? below : below + (above - below) * (rank - Math.floor(rank));
}

function isWithin({ figures }: RecoveryBlock, highest: readonly number[]): boolean {
  return figures.every((figure, n) => figure <= (highest[n] as number));
}

function longestRun(flags: readonly boolean[]): number {
  let [run, longest] = [0, 0];
  for (const flag of flags) {
    run = flag ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** `untilMs`: what lies behind is not looked at, e.g. the end of the load. */
export function recoveryIn(
  blocks: readonly RecoveryBlock[],
  usual: UsualRange | null,
  { beginsAtMs, overAtMs }: FaultSpan,
  untilMs: number,
): Recovery {
  const watched = blocks.filter(({ toMs }) => toMs <= untilMs);
  if (usual === null || watched.length === 0) return { kind: 'cannotSay' };
  const isOut = watched.map((block) => !isWithin(block, usual.highest));
  const since = (moment: number) => watched.findIndex(({ toMs }) => toMs > moment);
  const begin = since(beginsAtMs);
  if (begin === -1) return { kind: 'cannotSay' };
  if (!hasLeft(watched.slice(begin), usual)) return { kind: 'neverLeft' };
  const after = since(overAtMs);
  const found = after === -1 ? -1 : firstRunWithin(isOut, after);
  const lastOut = isOut.lastIndexOf(true, found === -1 ? watched.length - 1 : found - 1);
  const outFromMs = lastOut === -1 ? overAtMs : (watched[lastOut] as RecoveryBlock).fromMs;
  const fromMs = Math.max(0, Math.round(outFromMs - overAtMs));
  if (found === -1) return { kind: 'notWithinLoad', afterMs: fromMs };
  return {
    kind: 'recovered',
    fromMs,
    toMs: Math.max(0, Math.round((watched[found] as RecoveryBlock).toMs - overAtMs)),
  };
}

/** For longer than chance has it, or far. */
function hasLeft(blocks: readonly RecoveryBlock[], { highest, longestOut }: UsualRange): boolean {
  if (longestRun(blocks.map((block) => !isWithin(block, highest))) > longestOut) return true;
  const far = highest.map((figure) => figure * plainly);
  return blocks.some((block) => !isWithin(block, far));
}

/** Where `blocksInARow` of them begin; -1: nowhere. */
function firstRunWithin(isOut: readonly boolean[], from: number): number {
  for (let n = from; n + blocksInARow <= isOut.length; n++) {
    if (!isOut.slice(n, n + blocksInARow).includes(true)) return n;
  }
  return -1;
}

/**
 * Over repeats the middle one (of an even number the worse of the two), either end of the interval by itself. One that did
 * not recover within the load is later than all that did; one of which nobody can say must not matter, or nobody can.
 */
export function medianRecovery(all: readonly Recovery[]): Recovery {
  const [low, high] = middleOf(all, never);
  const [lowIfLate, highIfLate] = middleOf(all, Number.POSITIVE_INFINITY);
  if (all.length === 0 || low !== lowIfLate || high !== highIfLate) return { kind: 'cannotSay' };
  if (high === never) return { kind: 'neverLeft' };
  if (high === Number.POSITIVE_INFINITY) return { kind: 'notWithinLoad', afterMs: Math.max(0, low) };
  return { kind: 'recovered', fromMs: Math.max(0, low), toMs: high };
}

/** Before all others: there was nothing to recover from. */
const never = -1;

function middleOf(all: readonly Recovery[], ifUnknown: number): [low: number, high: number] {
  const ends = all.map((one): [number, number] => {
    if (one.kind === 'recovered') return [one.fromMs, one.toMs];
    if (one.kind === 'notWithinLoad') return [one.afterMs, Number.POSITIVE_INFINITY];
    return one.kind === 'neverLeft' ? [never, never] : [ifUnknown, ifUnknown];
  });
  const middle = (end: 0 | 1) =>
    ends.map((both) => both[end]).sort((a, b) => a - b)[Math.floor(ends.length / 2)] ?? never;
  return [middle(0), middle(1)];
}

/** From the last fault's end to the first operation that was ok, by intended start: to the length of an interval. */
export function firstOkAfter(
  { timeline }: Pick<TrialResult, 'timeline'>,
  { overAtMs }: FaultSpan,
): { readonly fromMs: number; readonly toMs: number } | null {
  const intervalMs = (timeline[1]?.atMs ?? 0) - (timeline[0]?.atMs ?? 0);
  const first = timeline.find(({ atMs, ok }) => ok > 0 && atMs + intervalMs > overAtMs);
  if (first === undefined || !(intervalMs > 0)) return null;
  const since = (ms: number) => Math.max(0, Math.round(ms - overAtMs));
  return { fromMs: since(first.atMs), toMs: since(first.atMs + intervalMs) };
}
