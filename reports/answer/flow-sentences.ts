/** What is wrong with flows, a sentence a finding: where they are stuck, what they have paid, which was the first. */
import type { FlowsResult } from '../../result/result-types.ts';
import type { ConditionGroup, Contender } from '../figures/result-view.ts';
import { flowSum, hasFlows, whereText } from '../tables/flow-tables.ts';
import { formatAmount, formatCount } from '../text/format-values.ts';

const kinds = ['stuck', 'open', 'inconsistent', 'phantom'] as const;
type Kind = (typeof kinds)[number];

const said: Readonly<Record<Kind, string>> = {
  stuck: 'stuck: nothing will move them any more',
  open: 'open: not ended when the drain was over, and still on their way',
  inconsistent: 'wrong for good',
  phantom: 'without an order: effects of one that the entry does not hold',
};

/** Also of a condition without faults: a flow that is stuck then is worse. */
export function flowSentences({ contenders }: ConditionGroup): string[] {
  const shown = contenders.filter(hasFlows);
  const sentences = shown.flatMap((contender) => kinds.flatMap((kind) => sentenceOf(contender, kind)));
  const sound = shown.filter((contender) => kinds.every((kind) => countOf(contender, kind) === 0));
  if (sound.length === 0) return sentences;
  const labels = sound.length === shown.length ? 'all targets' : sound.map(({ label }) => label).join(', ');
  return [...sentences, `${labels}: every flow that the entry acknowledged ended, and its money is where it belongs.`];
}

function countOf(contender: Contender, kind: Kind): number | null {
  return flowSum(contender, (flows) => flows[kind]);
}

function sentenceOf(contender: Contender, kind: Kind): string[] {
  const count = countOf(contender, kind);
  if (count === null || count === 0) return [];
  const all = flowSum(contender, ({ acknowledged }) => acknowledged) ?? 0;
  const cents = flowSum(contender, ({ moneyCents }) => moneyCents[kind]) ?? 0;
  const first = contender.trials.flatMap(({ flows }) => flows?.examples[kind] ?? [])[0];
  const among = kind === 'phantom' ? 'beside' : 'of';
  const where = kind === 'phantom' ? '' : ` (${whereText(contender)})`;
  const money = cents === 0 ? '' : `; ${formatAmount(cents)} paid hangs on them`;
  return [
    `${contender.label}: ${formatCount(count)} ${among} ${formatCount(all)} flows ${said[kind]}${where}${money}${firstText(first)}.`,
  ];
}

function firstText(first: NonNullable<FlowsResult['examples'][Kind]>[number] | undefined): string {
  if (first === undefined) return '';
  return `; the first is ${first.id}${first.when === null ? '' : `, sent ${first.when}`}`;
}
