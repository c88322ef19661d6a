/** What caches saved, and at what price in freshness: the answer of a scenario that has some, and a sentence a finding. */
import type { RunResult } from '../../result/result-types.ts';
import { type ConditionGroup, type Contender, conditionGroups } from '../figures/result-view.ts';
import { cacheSum, hasCache, shareText, staleSum, stalestUs } from '../tables/cache-tables.ts';
import { formatCount, formatUs } from '../text/format-values.ts';

/** Of the first condition; empty where nobody looks at what reads show. */
export function cacheAnswers(result: RunResult): string[] {
  const shown = conditionGroups(result)
    .map(({ contenders }) => contenders.filter(hasCache))
    .find((contenders) => contenders.length > 0);
  if (shown === undefined) return [];
  if (shown.every(({ trials }) => trials.every(({ cache }) => cache?.originReads === null))) {
    const texts = shown.map((contender) => `${contender.label}: ${hitText(contender)}`);
    return [`Reads that a cache showed without asking – ${texts.join('; ')}.`];
  }
  return [`Reads that reached the service – ${shown.map(savedText).join('; ')}.`];
}

function hitText(contender: Contender): string {
  return shareText(
    cacheSum(contender, ({ hit }) => hit.count),
    cacheSum(contender, ({ reads }) => reads),
  );
}

function savedText(contender: Contender): string {
  const offered = cacheSum(contender, (cache) => cache.offered);
  const share = shareText(
    cacheSum(contender, ({ originReads }) => originReads),
    offered,
  );
  const stale = staleSum(contender, 'reads');
  if (stale === null || staleSum(contender, 'changes') === 0) return `${contender.label}: ${share}`;
  if (stale === 0) return `${contender.label}: ${share}, none stale`;
  const illegal = staleSum(contender, 'illegal') ?? 0;
  const beyond = illegal === 0 ? '' : `, ${formatCount(illegal)} older than allowed`;
  const oldest = `at most ${formatUs(stalestUs(contender) ?? 0)} old`;
  return `${contender.label}: ${share}, ${shareText(stale, staleSum(contender, 'checked'))} stale, ${oldest}${beyond}`;
}

export function cacheSentences({ contenders }: ConditionGroup): string[] {
  return contenders.filter(hasCache).flatMap((contender) => {
    const told = [
      [staleSum(contender, 'illegal'), illegalText(contender)],
      [staleSum(contender, 'ownUnread'), 'did not show what the same client had changed before'],
      [staleSum(contender, 'backwards'), 'led a client back behind what it had read before'],
    ] as const;
    const texts = told.flatMap(([count, text]) =>
      count === null || count === 0 ? [] : [`${contender.label}: ${formatCount(count)} reads ${text}.`],
    );
    const sameAgain = cacheSum(contender, ({ kept }) => kept?.sameUnderNewTag) ?? 0;
    const alone = `${contender.label}: ${formatCount(sameAgain)} entity tags changed and nothing else did, so that each cost a whole answer instead of a 304.`;
    return sameAgain === 0 ? texts : [...texts, alone];
  });
}

function illegalText({ trials }: Contender): string {
  const [first] = trials.flatMap(({ cache }) => cache ?? []);
  return first?.kind === 'max-age'
    ? `showed what had been overtaken for longer than the ${first.maxAgeSeconds} s of max-age`
    : 'showed what had been overtaken, though nothing may be shown without asking';
}
