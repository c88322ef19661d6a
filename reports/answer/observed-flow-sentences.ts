/** What the event that settles says of flows of the user's own system, a sentence a finding. */
import type { FlowsResult } from '../../result/result-types.ts';
import type { Contender } from '../figures/result-view.ts';
import { observedIn, observedSum } from '../tables/observed-flows-table.ts';
import { formatCount, formatDuration } from '../text/format-values.ts';

/** None of a contender without such flows. */
export function observedSentences(contender: Contender): string[] {
  const observed = observedIn(contender);
  if (observed === undefined) return [];
  const { by, withinMs, polls } = observed;
  const all = observedSum(contender, (_, flows) => flows.acknowledged ?? 0);
  const open = observedSum(contender, (_, flows) => flows.open ?? 0);
  const late = observedSum(contender, (one) => one.late);
  const twice = observedSum(contender, (one) => one.twice);
  const interruptions = observedSum(contender, (one) => one.interruptions);
  const unreadable = observedSum(contender, (one) => one.unreadable);
  const say = (count: number, text: string) => (count === 0 ? [] : [`${contender.label}: ${text}.`]);
  const isSound = open === 0 && late === 0;
  return [
    ...say(isSound ? all : 0, `all ${formatCount(all)} flows settled, each within ${formatDuration(withinMs)}`),
    ...say(
      open,
      `${formatCount(open)} of ${formatCount(all)} flows are open: no event by ${by} when the drain was over${firstText(contender, 'open')}`,
    ),
    ...say(
      late,
      `${formatCount(late)} of ${formatCount(all)} flows settled late, more than ${formatDuration(withinMs)} after their intended start`,
    ),
    ...say(twice, `${formatCount(twice)} events came again for flows that were settled; each flow counts once`),
    ...say(
      interruptions,
      `the observer was cut off ${formatCount(interruptions)} times, and what came then nobody kept: open flows may have settled meanwhile`,
    ),
    ...say(
      unreadable,
      `${formatCount(unreadable)} events held no id that could be read; check \`id\` under \`settled\``,
    ),
    ...(polls === undefined ? [] : pollSentence(contender, all, polls.everyMs)),
  ];
}

/** Asking is load, and no time is known more finely than it is asked for. */
function pollSentence(contender: Contender, flows: number, everyMs: number): string[] {
  const requests = observedSum(contender, (one) => one.polls?.requests ?? 0);
  const failed = observedSum(contender, (one) => one.polls?.failed ?? 0);
  const each = flows === 0 ? '' : `, ${(requests / flows).toFixed(1)} a flow`;
  const bad = failed === 0 ? '' : `; ${formatCount(failed)} of them failed`;
  return [
    `${contender.label}: polling asked ${formatCount(requests)} times beside the load${each}${bad}; settled is known to ${formatDuration(everyMs)}.`,
  ];
}

/** `; the first is 7f3a…, sent 2.1 s into the fault`; empty where none is on record. */
export function firstText({ trials }: Contender, kind: keyof FlowsResult['examples']): string {
  const first = trials.flatMap(({ flows }) => flows?.examples[kind] ?? [])[0];
  if (first === undefined) return '';
  return `; the first is ${first.id}${first.when === null ? '' : `, sent ${first.when}`}`;
}
