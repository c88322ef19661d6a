/** What the end of a version comes to, in a sentence: who still called it, and who was refused. */
import { deprecatedShareOf, sumOf } from '../../result/version-calls.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { formatCount, formatShare } from '../text/format-values.ts';

/** `Still on a deprecated version: rest 30 % of the calls, 144 refused as retired; …`. Empty where nothing is deprecated. */
export function versionSentences({ condition, contenders }: ConditionGroup): string[] {
  const texts = contenders.flatMap(({ label, counted }) => {
    const trials = counted.filter((trial) => (deprecatedShareOf(trial) ?? 0) > 0);
    if (trials.length === 0) return [];
    const all = trials.flatMap(({ versions = [] }) => versions);
    const calls = sumOf(all, (one) => one.calls) ?? 0;
    const old = sumOf(
      all.filter(({ deprecation }) => deprecation !== null),
      (one) => one.calls,
    );
    const retired = sumOf(all, (one) => one.retired) ?? 0;
    const refused = retired === 0 ? '' : `, ${formatCount(retired)} refused as retired`;
    return [`${label} ${formatShare(old ?? 0, calls)} of the calls${refused}`];
  });
  return texts.length === 0 ? [] : [`${condition} – Still on a deprecated version: ${texts.join('; ')}.`];
}
