/** What is wrong with flows, a sentence a finding: where they are stuck, what they have paid, which was the first. */
import type { RunResult } from '../../result/result-types.ts';
import { type ConditionGroup, type Contender, conditionGroups } from '../figures/result-view.ts';
import { lastOfFault } from '../tables/flow-course-table.ts';
import { flowSum, hasFlows, whereText } from '../tables/flow-tables.ts';
import { observedIn } from '../tables/observed-flows-table.ts';
import { formatAmount, formatCount } from '../text/format-values.ts';
import { type Harms, killRates } from './kill-rates.ts';
import { firstText, observedSentences } from './observed-flow-sentences.ts';

const kinds = ['stuck', 'open', 'inconsistent', 'phantom'] as const;
type Kind = (typeof kinds)[number];

const harmsOfKills: Harms = {
  isOf: ({ flows }) => flows !== undefined,
  counts: {
    stuck: ({ flows }) => flows?.stuck ?? null,
    inconsistent: ({ flows }) => flows?.inconsistent ?? null,
    phantom: ({ flows }) => flows?.phantom ?? null,
  },
};

const said: Readonly<Record<Kind, string>> = {
  stuck: 'stuck: nothing will move them any more',
  open: 'open: not ended when the drain was over, and still on their way',
  inconsistent: 'wrong for good',
  phantom: 'without an order: effects of one that the entry does not hold',
};

/** Also of a condition without faults: a flow that is stuck then is worse. */
export function flowSentences({ contenders }: ConditionGroup): string[] {
  const all = contenders.filter(tookFlows);
  const shown = all.filter((contender) => observedIn(contender) === undefined);
  const observed = all.flatMap(observedSentences);
  return [...sentencesOf(shown), ...observed, ...tailSentences(all)];
}

/** How long the flows that a fault hit went on after it. */
function tailSentences(contenders: readonly Contender[]): string[] {
  const told = contenders.flatMap((contender) => {
    const text = lastOfFault(contender);
    return text === null ? [] : [`${contender.label} ${text}`];
  });
  return told.length === 0 ? [] : [`After the fault was over, the last flow that it hit settled: ${told.join('; ')}.`];
}

/** Of none nothing can be said. */
function tookFlows(contender: Contender): boolean {
  return hasFlows(contender) && flowSum(contender, ({ acknowledged }) => acknowledged) !== 0;
}

function sentencesOf(shown: readonly Contender[]): string[] {
  const sentences = shown.flatMap((contender) => kinds.flatMap((kind) => sentenceOf(contender, kind)));
  const sound = shown.filter((contender) => kinds.every((kind) => countOf(contender, kind) === 0));
  if (sound.length === 0) return sentences;
  const labels = sound.length === shown.length ? 'all targets' : labelsOf(sound);
  return [...sentences, `${labels}: every flow that the entry acknowledged ended, and its money is where it belongs.`];
}

/**
 * Of a run with flows, condition by condition, what became of them: `Under leader-dies – stuck: a 1 of 120; all ended as
 * they should: b.` Conditions in which nothing is wrong share a sentence. Empty without flows.
 */
export function flowAnswers(result: RunResult): string[] {
  const groups = conditionGroups(result).flatMap(({ condition, contenders }) => {
    const shown = contenders.filter(tookFlows);
    return shown.length === 0 ? [] : [{ condition, shown }];
  });
  const isSound = (contender: Contender) => kindsOf(contender).every((kind) => countOf(contender, kind) === 0);
  const harmed = groups.filter(({ shown }) => !shown.every(isSound));
  const sound = groups.filter(({ shown }) => shown.every(isSound)).map(({ condition }) => condition);
  const sentences = harmed.map(({ condition, shown }) => {
    const harms = kinds.flatMap((kind) => {
      const counted = shown.flatMap((contender) => {
        const count = countOf(contender, kind);
        return count === null || count === 0 ? [] : [`${contender.label} ${formatCount(count)}`];
      });
      return counted.length === 0 ? [] : [`${kind}: ${counted.join(', ')}`];
    });
    const unknown = shown.filter((contender) => kindsOf(contender).some((kind) => countOf(contender, kind) === null));
    const right = shown.filter(isSound);
    return `Under ${condition} – ${[
      ...harms,
      ...(unknown.length === 0 ? [] : [`not known: ${labelsOf(unknown)}`]),
      ...(right.length === 0 ? [] : [`all flows ended as they should: ${labelsOf(right)}`]),
    ].join('; ')}.`;
  });
  const rates = killRates(result, harmsOfKills);
  if (sound.length === 0) return [...sentences, ...rates];
  return [...sentences, `Under ${sound.join(', ')} every flow of every target ended as it should.`, ...rates];
}

function labelsOf(contenders: readonly Contender[]): string {
  return contenders.map(({ label }) => label).join(', ');
}

/** Of an own system no more is known than that a flow is open. */
function kindsOf(contender: Contender): readonly Kind[] {
  return observedIn(contender) === undefined ? kinds : ['open'];
}

function countOf(contender: Contender, kind: Kind): number | null {
  return flowSum(contender, (flows) => flows[kind]);
}

function sentenceOf(contender: Contender, kind: Kind): string[] {
  const count = countOf(contender, kind);
  if (count === null || count === 0) return [];
  const all = flowSum(contender, ({ acknowledged }) => acknowledged) ?? 0;
  const cents = flowSum(contender, ({ moneyCents }) => moneyCents[kind]) ?? 0;
  const among = kind === 'phantom' ? 'beside' : 'of';
  const where = kind === 'phantom' ? '' : ` (${whereText(contender)})`;
  const money = cents === 0 ? '' : `; ${formatAmount(cents)} paid hangs on them`;
  return [
    `${contender.label}: ${formatCount(count)} ${among} ${formatCount(all)} flows ${said[kind]}${where}${money}${firstText(contender, kind)}.`,
  ];
}
