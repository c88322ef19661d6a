/** What folding a state anew took, and whether it was the same: the answer of a scenario that is about it, and findings. */
import type { RebuildResult, RunResult } from '../../result/result-types.ts';
import { type ConditionGroup, type Contender, conditionGroups } from '../figures/result-view.ts';
import { lostOnPurpose, rebuildsOf } from '../tables/rebuild-tables.ts';
import { formatCount, formatUs } from '../text/format-values.ts';

/** Empty where no scenario asked for it. */
export function rebuildAnswers(result: RunResult): string[] {
  const shown = conditionGroups(result).flatMap(({ contenders }) =>
    contenders.filter(({ trials }) => trials.some(wasAsked)).flatMap((contender) => timeText(contender) ?? []),
  );
  return shown.length === 0 ? [] : [`From the start of a service until its state was folded: ${shown.join('; ')}.`];
}

function wasAsked({ faults }: Contender['trials'][number]): boolean {
  return faults.some(({ fault }) => fault === 'rebuild');
}

/** Of the slowest one. */
function timeText(contender: Contender): string | null {
  const [slowest] = rebuildsOf(contender.counted).sort(
    (one, other) => (other.readyAfterUs ?? 0) - (one.readyAfterUs ?? 0),
  );
  if (slowest === undefined || slowest.readyAfterUs === null) return null;
  const { readyAfterUs, read } = slowest;
  return `${contender.label} ${formatUs(readyAfterUs)} (${formatCount(read)} ${read === 1 ? 'event' : 'events'} read)`;
}

/** A sentence each: what is not as it was. */
export function rebuildSentences({ contenders }: ConditionGroup): string[] {
  return contenders.flatMap(({ label, trials }) => {
    const all = rebuildsOf(trials);
    const failed = all.find(({ failure }) => failure !== null);
    const lost = all.find(lostOnPurpose);
    const differing = all.filter((rebuild) => rebuild.isSame === false && !lostOnPurpose(rebuild));
    const texts = [
      failed === undefined ? null : `its state is not known after it was gone: ${failed.failure}`,
      lost === undefined ? null : lostText(lost),
      differing.length === 0
        ? null
        : `${differing.length} of ${all.length} times the state that it folded was not what its events come to`,
    ];
    return texts.flatMap((text) => (text === null ? [] : [`${label}: ${text}.`]));
  });
}

function lostText({ events, expected }: RebuildResult): string {
  return `its compacted log had ${formatCount(events)} of ${formatCount(expected?.events ?? 0)} events, and its state is another one: history was lost on purpose`;
}
