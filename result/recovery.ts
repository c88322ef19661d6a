/** How a trial came back after its last fault: read off the timeline, so to the length of one of its intervals. */
import type { TimelinePoint, TrialResult } from './result-types.ts';

/** Recovered: each interval's p99 within this many times the highest of before … */
export const recoveredFactor = 2;
/** … and nearly all of it ok … */
const recoveredOkShare = 0.99;
/** … for this long. */
export const recoveredForMs = 1_000;

export interface Recovery {
  /** When the last fault was really over, milliseconds after the end of warm-up; for a killed part: when it was ready. */
  readonly overAtMs: number;
  /** From then to the intended start of the first operation that was ok; null: none was. */
  readonly firstOkAfterMs: number | null;
  /** From then to the begin of the first stretch that is like before; null: there was none within the load. */
  readonly recoveredAfterMs: number | null;
}

/** null without a fault that was applied and undone. */
export function recoveryOf({ faults, timeline }: Pick<TrialResult, 'faults' | 'timeline'>): Recovery | null {
  const removed = faults.map(({ removedAtMs }) => removedAtMs);
  const applied = faults.map(({ appliedAtMs }) => appliedAtMs);
  if (faults.length === 0 || removed.includes(null) || applied.includes(null)) return null;
  const overAtMs = Math.max(...removed.map(Number));
  const beginsAtMs = Math.min(...applied.map(Number));
  const intervalMs = (timeline[1]?.atMs ?? 0) - (timeline[0]?.atMs ?? 0);
  if (!(intervalMs > 0)) return null;
  const before = timeline.filter(({ atMs }) => atMs >= 0 && atMs + intervalMs <= beginsAtMs);
  const afterwards = timeline.filter(({ atMs, offered }) => atMs + intervalMs > overAtMs && offered > 0);
  const sinceOver = (point: TimelinePoint | undefined) =>
    point === undefined ? null : Math.max(0, Math.round(point.atMs - overAtMs));
  return {
    overAtMs,
    firstOkAfterMs: sinceOver(afterwards.find(({ ok }) => ok > 0)),
    recoveredAfterMs: sinceOver(firstLike(before, afterwards, Math.ceil(recoveredForMs / intervalMs))),
  };
}

function firstLike(
  before: readonly TimelinePoint[],
  afterwards: readonly TimelinePoint[],
  intervals: number,
): TimelinePoint | undefined {
  const usualUs = Math.max(...before.map(({ p99Us }) => p99Us ?? 0));
  if (!(usualUs > 0)) return undefined; // nothing to be like
  const isUsual = ({ offered, ok, p99Us }: TimelinePoint) =>
    ok >= offered * recoveredOkShare && p99Us !== null && p99Us <= usualUs * recoveredFactor;
  return afterwards.find((_, n) => {
    const stretch = afterwards.slice(n, n + intervals);
    return stretch.length === intervals && stretch.every(isUsual);
  });
}
