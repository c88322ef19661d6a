/** What poison did, a sentence a finding. */
import type { ConditionGroup, Contender } from '../figures/result-view.ts';
import { hasPoison, poisonSum } from '../tables/poison-tables.ts';
import { formatCount } from '../text/format-values.ts';

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
