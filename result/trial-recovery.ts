/** How a trial came back after its faults, at every point in time that somebody saw. */
import { backlogRecovery } from './backlog.ts';
import { type FaultSpan, faultSpanOf, type Recovery, recoveryIn } from './recovery.ts';
import {
  calmTrialsOf,
  loadedMsOf,
  type RecoveryPoint,
  recoveryBlocks,
  recoveryPoints,
  sequenceOf,
  usualOf,
} from './recovery-blocks.ts';
import type { TrialResult } from './result-types.ts';

export const recoveryNames = [...recoveryPoints, 'backlog'] as const;
export type RecoveryName = (typeof recoveryNames)[number];

export interface TrialRecovery {
  readonly span: FaultSpan;
  /** Absent: the trial has no such point. */
  readonly points: Readonly<Partial<Record<RecoveryName, Recovery>>>;
}

/** `all`: the trials of its run, among which those are that show what is usual. null without faults that came and went. */
export function trialRecovery(trial: TrialResult, all: readonly TrialResult[]): TrialRecovery | null {
  const span = faultSpanOf(trial);
  if (span === null) return null;
  const points: Partial<Record<RecoveryName, Recovery>> = {};
  for (const point of recoveryPoints) {
    const found = pointRecovery(trial, all, point, span);
    if (found !== null) points[point] = found;
  }
  const backlog = backlogRecovery(trial, all, span);
  return { span, points: backlog === null ? points : { ...points, backlog } };
}

function pointRecovery(
  trial: TrialResult,
  all: readonly TrialResult[],
  point: RecoveryPoint,
  span: FaultSpan,
): Recovery | null {
  const sequence = sequenceOf(trial, point);
  const usual = usualOf(trial, calmTrialsOf(trial, all), point, span.beginsAtMs);
  if (sequence === null || usual === null) return null;
  const loadedMs = loadedMsOf(trial);
  return recoveryIn(recoveryBlocks(sequence, usual.join, 0, loadedMs), usual.range, span, loadedMs);
}

/** When all of it was as usual, milliseconds after the end of warm-up at the latest; null: not, or nobody can say. */
export function asUsualAtMs({ span, points }: TrialRecovery): number | null {
  const known = Object.values(points);
  if (known.length === 0) return null;
  let atMs = 0;
  for (const one of known) {
    if (one.kind === 'neverLeft') continue;
    if (one.kind !== 'recovered') return null;
    atMs = Math.max(atMs, span.overAtMs + one.toMs);
  }
  return atMs === 0 ? null : atMs;
}
