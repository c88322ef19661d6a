/** What poison did: the answer of a scenario that is about it, and a sentence a finding. */
import type { RunResult } from '../../result/result-types.ts';
import { type ConditionGroup, type Contender, conditionGroups } from '../figures/result-view.ts';
import { badEnds, hasPoison, longestWaitUs, poisonSum } from '../tables/poison-tables.ts';
import { formatCount, formatUs } from '../text/format-values.ts';

/** A sentence a condition: where the unreadable ones ended at each target, and for whom the good ones had to wait. Empty without poison. */
export function poisonAnswers(result: RunResult): string[] {
  const groups = conditionGroups(result).map((group) => ({ group, shown: group.contenders.filter(hasPoison) }));
  const poisoned = groups.filter(({ shown }) => shown.length > 0);
  return poisoned.flatMap(({ group, shown }) => {
    const under = poisoned.length > 1 ? ` under ${group.condition}` : '';
    const waits = shown.flatMap((contender) => {
      const waiting = poisonSum(contender, ({ good }) => good.waiting) ?? 0;
      if (waiting === 0) return [];
      return `${contender.label}, where ${formatCount(waiting)} waited to the end and one for ${formatUs(longestWaitUs(contender))}`;
    });
    const good =
      waits.length === 0 ? 'No other waited to the end.' : `The others stood behind them at ${waits.join('; ')}.`;
    return [`What can't be read ended${under} – ${shown.map(endText).join('; ')}.`, good];
  });
}

function endText(contender: Contender): string {
  const ends = badEnds.flatMap(({ key, title }) => {
    const count = poisonSum(contender, ({ bad }) => bad[key]);
    return count === null || count === 0 ? [] : [`${formatCount(count)} ${title}`];
  });
  const tries = poisonSum(contender, ({ bad }) => bad.tries);
  const tried = tries === null ? '' : ` (${formatCount(tries)} tries)`;
  return `${contender.label}: ${ends.join(', ') || 'not known'}${tried}`;
}

/** Also of a condition without faults: the operations themselves are the trouble. */
export function poisonSentences({ contenders }: ConditionGroup): string[] {
  return contenders.filter(hasPoison).flatMap((contender) => {
    const texts = [heldUp(contender), stillTried(contender), gone(contender)].flatMap((text) => text ?? []);
    return texts.map((text) => `${contender.label}: ${text}.`);
  });
}

function heldUp(contender: Contender): string | null {
  const blocked = poisonSum(contender, ({ bad }) => bad.blocked) ?? 0;
  if (blocked === 0) return null;
  const waiting = poisonSum(contender, ({ good }) => good.waiting) ?? 0;
  const [they, others] = [blocked === 1 ? 'holds' : 'hold', waiting === 1 ? 'one' : 'ones'];
  return `${formatCount(blocked)} that cannot be read ${they} up what is behind; ${formatCount(waiting)} good ${others} waited to the end`;
}

function stillTried(contender: Contender): string | null {
  const looping = poisonSum(contender, ({ bad }) => bad.looping) ?? 0;
  if (looping === 0) return null;
  const tries = poisonSum(contender, ({ bad }) => bad.tries) ?? 0;
  return `${formatCount(looping)} that cannot be read ${looping === 1 ? 'comes' : 'come'} again for ever, ${formatCount(tries)} tries so far`;
}

function gone(contender: Contender): string | null {
  const nowhere = poisonSum(contender, ({ bad }) => bad.unaccounted) ?? 0;
  return nowhere === 0
    ? null
    : `${formatCount(nowhere)} that cannot be read ${nowhere === 1 ? 'is' : 'are'} nowhere to be found`;
}
