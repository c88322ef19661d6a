/** Consume, transform, produce: the answer of a scenario that is about it. */
import { overchargesOf } from '../../result/overcharges.ts';
import type { RunResult } from '../../result/result-types.ts';
import { type Contender, conditionGroups } from '../figures/result-view.ts';
import { hasOutputs, outputsSum, overchargesSum } from '../tables/outputs-table.ts';
import { formatCount } from '../text/format-values.ts';
import { type Harms, killRates } from './kill-rates.ts';

const harmsOfKills: Harms = {
  isOf: ({ outputs }) => outputs !== undefined,
  counts: {
    missing: ({ outputs }) => outputs?.missing ?? null,
    twice: ({ outputs }) => outputs?.twice ?? null,
    'charged again': ({ payments }) => overchargesOf(payments),
  },
};

/** A sentence a condition, and one of the rates of random kills. Empty where nothing is written. */
export function outputsAnswers(result: RunResult): string[] {
  const sentences = conditionGroups(result).flatMap(({ condition, contenders }) => {
    const shown = contenders.filter(hasOutputs);
    if (shown.length === 0) return [];
    const wrong = shown.flatMap((contender) => wrongText(contender) ?? []);
    const exact = shown.length - wrong.length;
    const others = exact === 0 ? '' : `; ${exact === shown.length ? 'all' : 'the others'} are exact`;
    return [`Under ${condition}${wrong.length === 0 ? '' : ` – ${wrong.join('; ')}`}${others}.`];
  });
  return [...sentences, ...killRates(result, harmsOfKills)];
}

/** null: each was written once, and charged once. */
function wrongText(contender: Contender): string | null {
  const counts = [
    [outputsSum(contender, ({ missing }) => missing), 'missing'],
    [outputsSum(contender, ({ twice }) => twice), 'written twice'],
    [overchargesSum(contender), 'charged again'],
  ] as const;
  if (counts[0][0] === null) return `${contender.label}: not known`;
  const parts = counts.flatMap(([count, what]) =>
    count === null || count === 0 ? [] : [`${formatCount(count)} ${what}`],
  );
  return parts.length === 0 ? null : `${contender.label}: ${parts.join(', ')}`;
}
