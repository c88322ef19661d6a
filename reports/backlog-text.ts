/** What waited in a broker, in words and figures. */
import type { TrialResult } from '../result/result-types.ts';
import { formatCount, formatDuration } from './format-values.ts';
import type { Contender } from './result-view.ts';

/** Highest, when it was as low as before again, redeliveries and rebalances; `–` where there is none or nobody knows. */
export function backlogCells({ backlog }: TrialResult): [string, string, string, string] {
  if (backlog === undefined || backlog.highest === null) return ['–', '–', '–', '–'];
  const { highest, drainedAfterMs, redelivered, rebalances = null } = backlog;
  const again = [redelivered, rebalances].map((count) => (count === null ? '–' : formatCount(count))) as [
    string,
    string,
  ];
  if (highest.messages === 0) return ['0', '–', ...again];
  return [
    `${formatCount(highest.messages)} at ${formatDuration(highest.atMs)}`,
    drainedAfterMs === null ? 'not seen' : formatDuration(drainedAfterMs),
    ...again,
  ];
}

/** Fewer are what any broker has at some moment. */
const notableBacklog = 10;

/** One sentence, of the highest of the repeats; none where nothing piled up. */
export function backlogFindings(contenders: readonly Contender[]): string[] {
  const texts = contenders.flatMap(({ label, trials }) => {
    const known = trials.flatMap(({ backlog }) => (backlog?.highest ? [{ ...backlog, highest: backlog.highest }] : []));
    const [worst] = known.sort((a, b) => b.highest.messages - a.highest.messages);
    if (worst === undefined || worst.highest.messages < notableBacklog) return [];
    const { highest, drainedAfterMs } = worst;
    const drained =
      drainedAfterMs === null
        ? 'not seen as low as before again'
        : `as low as before ${formatDuration(drainedAfterMs)} after the faults`;
    return [`${label} ${formatCount(highest.messages)}, ${drained}`];
  });
  return texts.length === 0 ? [] : [`Messages that waited in the broker, at most: ${texts.join('; ')}.`];
}
