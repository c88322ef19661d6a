/** What a backlog came to: how high it rose, and how long after the faults it was down again. */
import type { BacklogPoint, FaultResult } from './result-types.ts';

export interface BacklogFigures {
  readonly highest: BacklogPoint;
  /**
   * From the end of the last fault to the first sample after the peak that is no higher than all was before the first
   * fault; null: without faults that acted, or not as long as it was watched.
   */
  readonly drainedAfterMs: number | null;
}

/** null without points. */
export function backlogFigures(
  points: readonly BacklogPoint[],
  faults: readonly Pick<FaultResult, 'appliedAtMs' | 'removedAtMs'>[],
): BacklogFigures | null {
  const [first, ...rest] = points.filter(({ atMs }) => atMs >= 0);
  if (first === undefined) return null;
  const highest = rest.reduce((peak, point) => (point.messages > peak.messages ? point : peak), first);
  return { highest, drainedAfterMs: drainedAfterMs(points, faults) };
}

function drainedAfterMs(
  points: readonly BacklogPoint[],
  faults: readonly Pick<FaultResult, 'appliedAtMs' | 'removedAtMs'>[],
): number | null {
  const spans = faults.flatMap(({ appliedAtMs, removedAtMs }) =>
    appliedAtMs === null || removedAtMs === null ? [] : [{ appliedAtMs, removedAtMs }],
  );
  if (spans.length === 0 || spans.length < faults.length) return null;
  const beginsAtMs = Math.min(...spans.map(({ appliedAtMs }) => appliedAtMs));
  const overAtMs = Math.max(...spans.map(({ removedAtMs }) => removedAtMs));
  const usual = Math.max(0, ...points.filter(({ atMs }) => atMs < beginsAtMs).map(({ messages }) => messages));
  const afterwards = points.filter(({ atMs }) => atMs >= overAtMs);
  // A killed part's backlog is still growing when the part is ready again: down counts from the peak on.
  const peak = Math.max(...afterwards.map(({ messages }) => messages));
  const peakAt = afterwards.findIndex(({ messages }) => messages === peak);
  const down = afterwards.slice(Math.max(0, peakAt)).find(({ messages }) => messages <= usual);
  return down === undefined ? null : Math.round(down.atMs - overAtMs);
}
