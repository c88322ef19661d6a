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
