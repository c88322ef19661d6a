/** How a backlog was worked off, and what it meant for those who came meanwhile. */
import type { RunResult } from '../../result/result-types.ts';
import { type ConditionGroup, type Contender, conditionGroups } from '../figures/result-view.ts';
import { formatCount, formatDuration, formatRate, formatUs } from '../text/format-values.ts';

/** A sentence a condition in which consumers were paused: a backlog that comes of anything else is not what was asked. */
export function drainAnswers(result: RunResult): string[] {
  return conditionGroups(result).filter(isBuiltOnPurpose).flatMap(drainSentence);
}

/** Consumers that pause do nothing but let a backlog grow. */
export function isBuiltOnPurpose({ contenders }: ConditionGroup): boolean {
  return contenders.some(({ trials }) =>
    trials.some(({ faults }) => faults.some(({ fault }) => fault === 'pause-consumers')),
  );
}

function drainSentence({ condition, contenders }: ConditionGroup): string[] {
  const texts = contenders.flatMap((contender) => drainText(contender) ?? []);
  return texts.length === 0 ? [] : [`The backlog of ${condition} – ${texts.join('; ')}.`];
}

/** Of the slowest repeat; null: it had none. */
function drainText({ label, counted }: Contender): string | null {
  const all = counted.flatMap(({ drain }) => drain ?? []);
  const left = all.reduce((sum, drain) => sum + (drain.toMs === null ? drain.left : 0), 0);
  if (left > 0) return `${label}: ${formatCount(left)} still there at the end`;
  const tookMs = ({ toMs, fromMs }: (typeof all)[number]) => (toMs ?? fromMs) - fromMs;
  const [slowest] = all.toSorted((a, b) => tookMs(b) - tookMs(a));
  if (slowest === undefined) return null;
  const { highest, deliveredPerSecond, live } = slowest;
  const rate = deliveredPerSecond === null ? '' : `, ${formatRate(deliveredPerSecond)}`;
  const meanwhile =
    live.p50Us == null ? '' : `, half of those who came meanwhile after ${formatUs(live.p50Us)} or later`;
  return `${label}: ${formatCount(highest)} in ${formatDuration(tookMs(slowest))}${rate}${meanwhile}`;
}
