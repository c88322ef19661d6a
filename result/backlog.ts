/** What waited in a broker: how high it rose, and when after the faults it was as low as it usually is. */

import { type FaultSpan, type Recovery, type RecoveryBlock, recoveryIn, usualRange } from './recovery.ts';
import { calmTrialsOf } from './recovery-blocks.ts';
import type { BacklogPoint, TrialResult } from './result-types.ts';

/** After warm-up; null without points. */
export function highestBacklog(points: readonly BacklogPoint[]): BacklogPoint | null {
  const measured = points.filter(({ atMs }) => atMs >= 0);
  return measured.reduce<BacklogPoint | null>(
    (peak, point) => (peak === null || point.messages > peak.messages ? point : peak),
    null,
  );
}

/** A backlog that rose and was worked off: milliseconds after the end of warm-up. */
export interface DrainSpan {
  /** When it was highest. */
  readonly fromMs: number;
  /** When it was as low as before, or looked at for the last time. */
  readonly untilMs: number;
  readonly isDrained: boolean;
  /** Messages, then and at the last look. */
  readonly highest: number;
  readonly left: number;
}

/** Fewer are what any broker has at some moment. */
const leastBacklog = 100;
/** Of the highest: what is left then is no backlog any more, where more waited before. */
const restShare = 0.02;

/** `beginsAtMs`: of the first fault. null: nothing to speak of piled up, or it did so before. */
export function drainSpanOf(points: readonly BacklogPoint[], beginsAtMs: number): DrainSpan | null {
  const usual = highestBacklog(points.filter(({ atMs }) => atMs < beginsAtMs))?.messages ?? 0;
  const later = points.filter(({ atMs }) => atMs >= beginsAtMs);
  const peak = highestBacklog(later);
  const last = later.at(-1);
  if (peak === null || last === undefined || peak.messages < Math.max(leastBacklog, 2 * usual)) return null;
  const low = Math.max(usual, restShare * peak.messages);
  const drained = later.find(({ atMs, messages }) => atMs > peak.atMs && messages <= low);
  const { atMs: untilMs } = drained ?? last;
  return { fromMs: peak.atMs, untilMs, isDrained: drained !== undefined, highest: peak.messages, left: last.messages };
}

/** By its own usual range, of calm trials, else of before; watched until the drain was over. null without a backlog. */
export function backlogRecovery(trial: TrialResult, all: readonly TrialResult[], span: FaultSpan): Recovery | null {
  const { backlog } = trial;
  if (backlog === undefined || backlog.points.length === 0) return null;
  const calm = calmTrialsOf(trial, all).map((one) => samples(one.backlog?.points ?? []));
  const points = samples(backlog.points);
  const before = points.filter(({ toMs }) => toMs < span.beginsAtMs);
  return recoveryIn(points, usualRange(calm) ?? usualRange([before]), span, Number.POSITIVE_INFINITY);
}

function samples(points: readonly BacklogPoint[]): RecoveryBlock[] {
  return points
    .filter(({ atMs }) => atMs >= 0)
    .map(({ atMs, messages }) => ({ fromMs: atMs, toMs: atMs, figures: [messages] }));
}
