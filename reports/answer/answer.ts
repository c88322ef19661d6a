/** The scenario's question, answered in plain sentences that stay true when trials are missing, suspect or failed. */
import { guaranteeClasses } from '../../result/guarantee.ts';
import { percentileNames, quantileOf } from '../../result/latency-summary.ts';
import { isStateUnknown } from '../../result/memory-loss.ts';
import { defaultPattern, leadingTime } from '../../result/patterns.ts';
import type { PrimaryMetric, RunResult, TrialResult } from '../../result/result-types.ts';
import { type AnswerFigure, latencyOf, primaryFigures } from '../figures/answer-figures.ts';
import { doubtlessSentence, orderSentence, withinText } from '../figures/order-text.ts';
import { conditionGroups, operationsOf } from '../figures/result-view.ts';
import { capacitySentence } from '../tables/capacity.ts';
import { tuningSentences } from '../tables/tuning.ts';
import { formatCount } from '../text/format-values.ts';
import { cacheAnswers } from './cache-sentences.ts';
import { chainAnswers } from './chain-sentences.ts';
import { couplingSentences } from './coupling-sentences.ts';
import { crossingSentence } from './crossing.ts';
import { drainAnswers } from './drain-sentences.ts';
import { fallbackAnswers } from './fallback-sentences.ts';
import { harmOf } from './findings.ts';
import { flowAnswers } from './flow-sentences.ts';
import { gatewaySentences } from './gateway-sentences.ts';
import { outputsAnswers } from './outputs-sentences.ts';
import { poisonAnswers } from './poison-sentences.ts';
import { rebuildAnswers } from './rebuild-sentences.ts';
import { type ComparableKinds, comparableKinds, serviceShareSentence } from './service-share-sentence.ts';
import { versionSentences } from './version-sentences.ts';

/**
 * `lead`: what was asked for. `figures`: the primary figure of each target. `order`: what may be said of who is before whom. `more`: what else goes with it. `ledger`,
 * `verdict`, `thresholds`: of the run as a whole; where it is not finished, `partial` says so.
 */
export type SentenceKind = 'lead' | 'figures' | 'order' | 'more' | 'partial' | 'ledger' | 'verdict' | 'thresholds';

export interface Sentence {
  readonly kind: SentenceKind;
  readonly text: string;
}

export interface Answer {
  /** The first is the answer proper. */
  readonly parts: readonly Sentence[];
  /** Their texts. */
  readonly sentences: readonly string[];
  /** What the primary figure is, e.g. `delivered p99 of placeOrder under slow-network (during)`; null without trials. */
  readonly what: string | null;
  /** The primary figure of each target in the scenario's order, unranked ones last. */
  readonly figures: readonly AnswerFigure[];
}

export function answer(result: RunResult): Answer {
  const capacity = capacitySentence(result);
  const tuning = tuningSentences(result);
  const ends = [...poisonAnswers(result), ...outputsAnswers(result), ...rebuildAnswers(result)];
  const isAsked = result.plan.primary !== undefined;
  const harm = capacity === null && tuning.length === 0 && ends.length === 0 && !isAsked ? harmSentence(result) : null;
  // Where rates were sought, or the scenario is about where messages end, a latency is not what was asked for.
  const isOfTimes = capacity === null && harm === null && tuning.length === 0 && (isAsked || ends.length === 0);
  const primary = isOfTimes ? primaryOf(result) : null;
  const figures = primary === null ? [] : primaryFigures(result, primary);
  const what =
    primary === null ? null : `${primary.metric} of ${primary.operation} under ${primary.condition} (${primary.phase})`;
  const { kinds, sentence: dominated } = comparedIn(result, primary, what, figures);
  const measured = figures.filter(({ unranked }) => unranked === null || unranked === 'suspect');
  const told: [SentenceKind, string | null][] = [
    ...[
      ...couplingSentences(result),
      ...tuning,
      ...flowAnswers(result),
      ...chainAnswers(result),
      ...ends,
      ...cacheAnswers(result),
      ...drainAnswers(result),
      ...fallbackAnswers(result),
      ...conditionGroups(result).flatMap(versionSentences),
    ].map((text): [SentenceKind, string] => ['lead', text]),
    ['lead', capacity],
    ['lead', harm],
    ['figures', what === null ? null : capitalised(primarySentence(what, figures))],
    ['more', primary === null ? null : medianSentence(result, primary, figures)],
    ['order', orderSentence(kinds, repeatsOf(kinds.flat()))],
    ['order', dominated],
    ['more', primary === null ? null : serviceShareSentence(result, primary, measured)],
    ['more', doubtlessSentence({ result, kinds, figures: measured, hasLosses: harm !== null })],
    ['more', crossingSentence(result)],
    ...conditionGroups(result)
      .slice(0, 1)
      .flatMap(gatewaySentences)
      .map((text): [SentenceKind, string] => ['more', text]),
    ['partial', partialSentence(result)],
    ['ledger', harm === null ? ledgerSentence(result) : null],
    ['verdict', verdictSentence(result)],
    ['thresholds', thresholdSentence(result)],
  ];
  const parts = told.flatMap(([kind, text]) => (text === null ? [] : [{ kind, text }]));
  return { parts, sentences: parts.map(({ text }) => text), what, figures };
}

/** What may be compared: of one completion point and one guarantee, and not mostly of the service that answers. */
function comparedIn(
  result: RunResult,
  primary: PrimaryMetric | null,
  what: string | null,
  figures: readonly AnswerFigure[],
): ComparableKinds<AnswerFigure> {
  if (primary === null || what === null) return { kinds: [], sentence: null };
  const ranked = figures.filter(({ unranked }) => unranked === null);
  return comparableKinds(result, primary, kindsOf(what, ranked));
}

/** Without a primary figure faults are what the scenario is about: what they did to the data is the answer. */
function harmSentence(result: RunResult): string | null {
  const groups = conditionGroups(result).flatMap((group) => {
    const harm = harmOf(group);
    return harm === null ? [] : [`Under ${group.condition} – ${harm}.`];
  });
  return groups.length === 0 ? null : groups.join(' ');
}

/** The scenario's, else p99 (of flows until they are settled, of events until all have them) of the first operation under the last condition, where it is at its worst. */
function primaryOf(result: RunResult): PrimaryMetric | null {
  if (result.plan.primary !== undefined) return result.plan.primary;
  const group = conditionGroups(result).at(-1);
  const first = group && operationsOf(group)[0];
  const operation = first?.name;
  if (group === undefined || operation === undefined) return null;
  const phase = group.phases.includes('during') ? 'during' : (group.phases[0] ?? 'steady');
  const leading = leadingTime(first?.pattern ?? defaultPattern);
  const metric = leading === null ? 'p99' : `${leading} p99`;
  return { operation, metric, condition: group.condition, phase };
}

function primarySentence(what: string, figures: readonly AnswerFigure[]): string {
  const ranked = figures.filter(({ unranked }) => unranked === null);
  const others = unrankedTexts(figures);
  const aside = others.length === 0 ? '' : `Not ranked: ${others.join(', ')}.`;
  if (ranked.length === 0) return `${what}: no target has a figure that can be ranked. ${aside}`.trimEnd();
  return `${what}: ${rankedText(what, ranked)}. ${aside}`.trimEnd();
}

/** Each with its figure where it has one; those without are named together, reason by reason. */
function unrankedTexts(figures: readonly AnswerFigure[]): string[] {
  const withFigure: string[] = [];
  const byReason = new Map<string, string[]>();
  for (const { label, text, unranked } of figures) {
    if (unranked === null) continue;
    if (text === '–') byReason.set(unranked, [...(byReason.get(unranked) ?? []), label]);
    else withFigure.push(`${label} ${text} (${unranked})`);
  }
  return [...withFigure, ...[...byReason].map(([reason, labels]) => `${labels.join(', ')} (${reason})`)];
}

/** By kind, weakest guarantee first; figures in the scenario's order, for their order is told apart from them. */
function rankedText(what: string, ranked: readonly AnswerFigure[]): string {
  const list = (figures: readonly AnswerFigure[]) =>
    figures
      .map(
        ({ label, text, withinUs }) =>
          `${label} ${text === 'too few' ? 'too few samples' : text}${withinText(withinUs)}`,
      )
      .join(', ');
  const kinds = kindsOf(what, ranked);
  const within = ranked.some(({ withinUs }) => withinUs !== null) ? ' – in brackets 95 % within this run' : '';
  const points = new Set(ranked.map(({ completion }) => completion));
  const severalPoints = !isPoint(what) && points.size > 1;
  const titleOf = ({ completion, guarantee }: AnswerFigure) =>
    `${severalPoints ? `${completion ?? 'unknown'}, ` : ''}${guarantee ?? 'guarantee ?'}`;
  const parts = kinds.map((figures) => `${titleOf(figures[0] as AnswerFigure)}: ${list(figures)}`);
  const apart = severalPoints ? 'different completion points and guarantees' : 'different guarantees';
  return kinds.length < 2
    ? `${parts.join('')}${within}`
    : `${parts.join('; ')}${within} – ${apart}, in no order among each other`;
}

/** `delivered` and `acknowledged` are points of their own; anything else ends where the operation completes. */
function isPoint(what: string): boolean {
  return /^(delivered|acknowledged) /.test(what);
}

/** Of one completion point and one guarantee each: only such figures are compared. */
function kindsOf(what: string, ranked: readonly AnswerFigure[]): AnswerFigure[][] {
  const weakness = ({ guarantee }: AnswerFigure) => (guarantee === null ? -1 : guaranteeClasses.indexOf(guarantee));
  const byKind = Map.groupBy(ranked, (figure) =>
    JSON.stringify([isPoint(what) ? null : figure.completion, figure.guarantee]),
  );
  return [...byKind.values()].sort((a, b) => weakness(a[0] as AnswerFigure) - weakness(b[0] as AnswerFigure));
}

/** When nobody has enough samples for the figure asked for, the median still says something. */
function medianSentence(result: RunResult, primary: PrimaryMetric, figures: readonly AnswerFigure[]): string | null {
  const { latency, percentile } = latencyOf(primary.metric);
  const name = percentileNames.find((one) => one === percentile);
  const stated = figures.filter(({ text }) => text !== '–');
  if (name === undefined || name === 'p50' || stated.length === 0) return null;
  if (stated.some(({ text }) => text !== 'too few')) return null;
  const least = Math.round(10 / (1 - quantileOf(name)));
  const median = `${latency} p50`;
  const medians = primaryFigures(result, { ...primary, metric: median }).filter(({ us }) => us !== null);
  const figuresText = medians
    .map(({ label, text, unranked }) => `${label} ${text}${unranked === null ? '' : ` (${unranked}, not ranked)`}`)
    .join(', ');
  const instead = medians.length === 0 ? '' : ` The ${median}: ${figuresText}.`;
  return `A ${name === 'p999' ? 'p99.9' : name} takes ${formatCount(least)} operations; run longer or faster.${instead}`;
}

function partialSentence({ status, run, trials }: RunResult): string | null {
  const word = status === 'interrupted' ? 'was interrupted' : 'is not finished';
  return status === 'complete' ? null : `The run ${word}: ${trials.length} of ${run.trialsPlanned} trials are here.`;
}

function ledgerSentence({ trials }: RunResult): string | null {
  const known = trials.filter(({ ledger }) => ledger.lost !== null && ledger.acknowledged !== null);
  if (trials.length === 0) return null;
  if (known.length === 0) return 'Nobody kept a ledger, so nothing is known of lost operations.';
  const sum = (of: (trial: TrialResult) => number | null) =>
    known.reduce((total, trial) => total + (of(trial) ?? 0), 0);
  const where = (of: (trial: TrialResult) => number | null) => {
    const ids = known.filter((trial) => (of(trial) ?? 0) > 0).map(({ id }) => id);
    return ids.length === 0 ? '' : ` (${named(ids)})`;
  };
  const kinds: [string, (trial: TrialResult) => number | null][] = [
    ['refused and dropped', ({ ledger }) => ledger.refusedUnheard ?? null],
    ['dead letters', ({ ledger }) => ledger.deadLettered ?? null],
    ['still in the broker', ({ ledger }) => ledger.pendingInBroker ?? null],
    ['admitted without the right', ({ ledger }) => ledger.admittedUnauthorised ?? null],
    ['applied twice', ({ ledger }) => ledger.duplicatesApplied],
    ['reordered', ({ ledger }) => ledger.reordered],
    ['corrupted', ({ ledger }) => ledger.corrupted],
  ];
  const lost = (trial: TrialResult) => trial.ledger.lost;
  const stateLost = (trial: TrialResult) => trial.ledger.stateLost ?? null;
  const parts = [
    `Lost: ${formatCount(sum(lost))} of ${formatCount(sum(({ ledger }) => ledger.acknowledged))} acknowledged operations${where(lost)}`,
    ...(sum(stateLost) > 0 ? [`state lost: ${formatCount(sum(stateLost))}${where(stateLost)}`] : []),
    ...(known.some(isStateUnknown) ? ['not counted: what killed services have kept of them'] : []),
    ...kinds.filter(([, of]) => sum(of) > 0).map(([word, of]) => `${word}: ${formatCount(sum(of))}${where(of)}`),
  ];
  const unknown = trials.length - known.length;
  return `${parts.join('; ')}${unknown === 0 ? '' : `; no ledger in ${unknown} of ${trials.length} trials`}.`;
}

function verdictSentence(result: RunResult): string | null {
  const { trials } = result;
  if (trials.length === 0) return null;
  const withStatus = (status: string) => trials.filter(({ verdict }) => verdict.status === status).map(({ id }) => id);
  const rest = (['suspect', 'invalid'] as const)
    .map((status) => ({ status, ids: withStatus(status) }))
    .filter(({ ids }) => ids.length > 0)
    .map(({ status, ids }) => `; ${ids.length} ${status}: ${named(ids)}`);
  return `${withStatus('valid').length} of ${trials.length} trials valid${rest.join('')}.`;
}

/** The most that count of any target. */
function repeatsOf(figures: readonly AnswerFigure[]): number {
  return Math.max(0, ...figures.map(({ values }) => values.filter((value) => value !== null).length));
}

function thresholdSentence({ thresholds }: RunResult): string | null {
  if (thresholds.length === 0) return null;
  const failed = thresholds.filter(({ status }) => status === 'fail').length;
  const unknown = thresholds.filter(({ status }) => status === 'noData').length;
  if (failed + unknown === 0)
    return thresholds.length === 1 ? 'The threshold holds.' : `All ${thresholds.length} thresholds hold.`;
  const parts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unknown > 0 ? [`${unknown} ${unknown === 1 ? 'has' : 'have'} no data`] : []),
  ];
  return `Of ${thresholds.length} thresholds ${parts.join(' and ')}.`;
}

function named(ids: readonly string[]): string {
  return ids.length <= 3 ? ids.join(', ') : `${ids.slice(0, 2).join(', ')} and ${ids.length - 2} more`;
}

/** Names of figures stay as they are: `p99`. */
function capitalised(text: string): string {
  return /^p\d/.test(text) ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
