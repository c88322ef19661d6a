/** What waited in a broker, in words and figures. */
import type { TrialResult } from '../../result/result-types.ts';
import { formatCount, formatDuration } from '../text/format-values.ts';
import type { Contender } from './result-view.ts';

/** Highest, redeliveries and rebalances; `–` where there is none or nobody knows. */
export function backlogCells({ backlog }: TrialResult): [string, string, string] {
  if (backlog === undefined || backlog.highest === null) return ['–', '–', '–'];
  const { highest, redelivered, rebalances = null } = backlog;
  const [sentAgain = '–', joined = '–'] = [redelivered, rebalances].map((count) =>
    count === null ? '–' : formatCount(count),
  );
  const most = highest.messages === 0 ? '0' : `${formatCount(highest.messages)} at ${formatDuration(highest.atMs)}`;
  return [most, sentAgain, joined];
}

/** Fewer are what any broker has at some moment. */
const notableBacklog = 10;

/** One sentence, of the highest of the repeats; none where nothing piled up. */
export function backlogFindings(contenders: readonly Contender[]): string[] {
  const texts = contenders.flatMap(({ label, trials }) => {
    const highest = Math.max(0, ...trials.map(({ backlog }) => backlog?.highest?.messages ?? 0));
    return highest < notableBacklog ? [] : [`${label} ${formatCount(highest)}`];
  });
  return texts.length === 0 ? [] : [`Messages that waited in the broker, at most: ${texts.join('; ')}.`];
}
