/** What clients got where operations were not ok, when some answer that themselves. */
import type { RunResult } from '../../result/result-types.ts';
import {
  type ConditionGroup,
  type Contender,
  conditionGroups,
  measured,
  totalCounts,
  totalPolicies,
} from '../figures/result-view.ts';
import { formatCount, formatUs } from '../text/format-values.ts';

/** A sentence a condition; empty where no client answered anything itself. */
export function fallbackAnswers(result: RunResult): string[] {
  return conditionGroups(result).flatMap(fallbackSentence);
}

function fallbackSentence({ condition, contenders }: ConditionGroup): string[] {
  const harmed = contenders.flatMap((contender) => harmOf(contender) ?? []);
  if (harmed.every(({ answered }) => answered === 0)) return [];
  return [
    `Not ok under ${condition}, and answered by the client itself – ${harmed.map(({ text }) => text).join('; ')}.`,
  ];
}

/** null: all was ok. */
function harmOf({ label, counted }: Contender): { readonly answered: number; readonly text: string } | null {
  const { offered, ok } = totalCounts(counted);
  if (offered === ok) return null;
  const answered = totalPolicies(counted).fallbacks;
  const oldestUs = Math.max(
    ...counted.flatMap(({ phases }) => measured.map((name) => phases[name]?.policies?.fallbackAgeUs?.max ?? 0)),
  );
  const age = oldestUs > 0 ? `, at most ${formatUs(oldestUs)} old` : '';
  const share = answered === 0 ? 'none' : formatCount(answered);
  return { answered, text: `${label}: ${share} of ${formatCount(offered - ok)}${age}` };
}
