/** What chains make of services that are slow now and then: measured, beside what independence would come to. */
import type { RunResult } from '../../result/result-types.ts';
import { type ConditionGroup, conditionGroups } from '../figures/result-view.ts';
import { type ChainFigures, chainFigures, percent, rangeText } from '../tables/chain-table.ts';
import { formatCount } from '../text/format-values.ts';

/** Of the first condition that has an account of chains. */
export function chainAnswers(result: RunResult): string[] {
  return conditionGroups(result).flatMap(chainSentences).slice(0, 1);
}

/** Of the longest chain, with the shortest beside it; empty without an account of chains. */
export function chainSentences(group: Pick<ConditionGroup, 'contenders'>): string[] {
  const figures = chainFigures(group)
    .filter(({ interval }) => interval !== null)
    .toSorted((a, b) => a.services - b.services);
  const [shortest, longest] = [figures[0], figures.at(-1)];
  if (shortest === undefined || longest === undefined) return [];
  const outside = figures.filter((one) => !isAsExpected(one));
  const verdict =
    outside.length === 0
      ? 'as independent draws would have it'
      : `not as independent draws would have it: ${outside.map(({ contender }) => contender.label).join(', ')}`;
  const short = longest.services > shortest.services ? `, of ${servicesText(shortest)} ${measuredText(shortest)}` : '';
  return [
    `Each service is slow for ${percent(longest.slowShare)} of its operations; of chains of ${servicesText(longest)} ${measuredText(longest)} met a slow one${short}: ${verdict} (1−(1−p)^N).`,
  ];
}

function isAsExpected({ interval, expectedShare }: ChainFigures): boolean {
  return interval !== null && interval[0] <= expectedShare && expectedShare <= interval[1];
}

function servicesText({ services }: ChainFigures): string {
  return services === 1 ? 'one service' : `${formatCount(services)} services`;
}

/** `7.9 % (6.4–9.6 %; expected 7.7 %)`. */
function measuredText({ slow, answered, interval, expectedShare }: ChainFigures): string {
  const within = interval === null ? '' : ` (${rangeText(interval)}; expected ${percent(expectedShare)})`;
  return `${percent(slow / answered)}${within}`;
}
