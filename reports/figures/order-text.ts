/** What may be said of the order of targets, and what is beyond doubt however few the repeats and however doubtful the trials. */
import { isStateUnknown } from '../../result/memory-loss.ts';
import type { RunResult, TrialResult } from '../../result/result-types.ts';
import type { QuantileInterval } from '../../result/statistics/statistics-blocks.ts';
import {
  type Compared,
  farApart,
  leastRepeats,
  type Neighbours,
  orderOf,
} from '../../result/statistics/statistics-order.ts';
import { formatCount, formatRange, formatRatio, formatShare, formatUs } from '../text/format-values.ts';
import { type ConditionGroup, conditionGroups, sumCounts } from './result-view.ts';

/** The figure of one target, with what it takes to compare it. */
export interface OrderedFigure {
  readonly label: string;
  /** By repeat, µs; infinite: not reached; null: not known, or it does not count. */
  readonly values: readonly (number | null)[];
  readonly resolutionUs: number | null;
  /** Of a single trial; null: not known. */
  readonly withinUs: QuantileInterval | null;
}

const mostNamed = 6;

/** ` [2.00–2.31 ms]`; empty where it is not known. */
export function withinText(interval: QuantileInterval | null): string {
  if (interval === null) return '';
  const [low, high] = interval;
  return ` [${high === null ? `${formatUs(low)} or more` : formatRange(low, high)}]`;
}

/**
 * Those of one kind each: of one completion point and one guarantee. With fewer than three repeats there is no order; null:
 * nothing to compare.
 */
export function orderSentence(kinds: readonly (readonly OrderedFigure[])[], repeats: number): string | null {
  if (repeats === 0) return null;
  if (repeats < leastRepeats)
    return `${repeats === 1 ? 'One repeat gives' : 'Two repeats give'} no order: it takes ${leastRepeats}.`;
  const texts = kinds.filter(({ length }) => length > 1).map(orderText);
  return texts.length === 0 ? null : texts.join(' ');
}

function orderText(figures: readonly OrderedFigure[]): string {
  const order = orderOf(figures.map(comparedOf));
  if (order === null) return `${listed(figures)}: fewer than ${leastRepeats} repeats that count, no order.`;
  const told = order.neighbours.filter(({ isToldApart }) => isToldApart);
  const seen =
    order.factorSeen === null
      ? ''
      : ` ${order.repeats} repeats see a factor of about ${formatRatio(order.factorSeen)} here.`;
  const untold = runsNotToldApart(order.labels, order.neighbours).map(
    (labels) => `${named(labels)} are not told apart`,
  );
  const texts = [...told.slice(0, mostNamed).map(neighboursText), ...untold];
  const more = told.length > mostNamed ? [`${told.length - mostNamed} more neighbours are told apart`] : [];
  return `Over ${order.repeats} repeats ${[...texts, ...more].join('; ')}.${seen}`;
}

function comparedOf({ label, values, resolutionUs }: OrderedFigure): Compared {
  return { label, values, resolution: resolutionUs };
}

function neighboursText({ lower, higher, ratio }: Neighbours): string {
  if (ratio === null) return `${lower} is reached, ${higher} never`;
  const interval = `95 % within ${formatRatio(ratio.low)}–${formatRatio(ratio.high)}`;
  return `${lower} is below ${higher}, which takes ${formatRatio(ratio.ratio)} × as long (${interval})`;
}

/** `[rest, grpc]` of rest ≈ grpc < queue. */
function runsNotToldApart(labels: readonly string[], neighbours: readonly Neighbours[]): string[][] {
  const runs: string[][] = [];
  let run = labels.slice(0, 1);
  neighbours.forEach(({ isToldApart, higher }) => {
    if (isToldApart) {
      runs.push(run);
      run = [];
    }
    run.push(higher);
  });
  return [...runs, run].filter(({ length }) => length > 1);
}

export interface DoubtlessInput {
  readonly result: RunResult;
  /** Valid ones of one kind each: what is said of intervals. */
  readonly kinds: readonly (readonly OrderedFigure[])[];
  /** Suspect ones, too: what is said of what was reached at all. */
  readonly figures: readonly OrderedFigure[];
  /** Whether what was lost is told elsewhere. */
  readonly hasLosses: boolean;
}

/** What no repeat and no quieter machine would turn round; null: nothing of the kind. */
export function doubtlessSentence({ result, kinds, figures, hasLosses }: DoubtlessInput): string | null {
  const facts = [
    ...kinds.flatMap(apartFacts),
    ...reachedFacts(figures),
    ...conditionGroups(result).flatMap(failedFacts),
    ...(hasLosses ? [] : lostFacts(result)),
  ];
  return facts.length === 0 ? null : `Beyond doubt: ${facts.join('; ')}.`;
}

/** With repeats their scatter tells, within one run its own interval. */
function apartFacts(figures: readonly OrderedFigure[]): string[] {
  const known = figures.flatMap(({ label, withinUs }) =>
    withinUs === null ? [] : [{ label, low: withinUs[0], high: withinUs[1] }],
  );
  const pairs = farApart(known);
  const texts = pairs
    .slice(0, mostNamed)
    .map(
      ({ lower, higher, factor }) =>
        `${lower} is below ${higher} by a factor of ${formatRatio(factor)} or more within this run`,
    );
  return pairs.length > mostNamed ? [...texts, `${pairs.length - mostNamed} more pairs alike`] : texts;
}

function reachedFacts(figures: readonly OrderedFigure[]): string[] {
  const known = figures.filter(({ values }) => values.some((value) => value !== null));
  const isNever = ({ values }: OrderedFigure) =>
    values.every((value) => value === null || value === Number.POSITIVE_INFINITY);
  const isAlways = ({ values }: OrderedFigure) => values.every((value) => value === null || Number.isFinite(value));
  const [never, always] = [known.filter(isNever), known.filter(isAlways)];
  return never.length === 0 || always.length === 0 ? [] : [`${listed(always)} reached it, ${listed(never)} did not`];
}

const nextToNone = 0.01;

/** In the last phase in which some did nothing well and others nearly all. */
function failedFacts({ condition, contenders, phases }: ConditionGroup): string[] {
  for (const phase of phases.toReversed()) {
    const shares = contenders.flatMap(({ label, counted, status }) => {
      const { offered, ok } = sumCounts(counted.flatMap((trial) => trial.phases[phase]?.counts ?? []));
      return offered === 0 || status === 'invalid' ? [] : [{ label, offered, ok }];
    });
    const failed = shares.filter(({ ok }) => ok === 0);
    const fine = shares.filter(({ ok, offered }) => ok >= offered * (1 - nextToNone));
    if (failed.length === 0 || fine.length === 0) continue;
    const most = Math.max(...fine.map(({ offered, ok }) => (offered - ok) / offered));
    const rest = most === 0 ? 'none' : `at most ${formatShare(most, 1)}`;
    return [`under ${condition} (${phase}) all operations of ${listed(failed)} failed, of ${listed(fine)} ${rest}`];
  }
  return [];
}

/** Over all trials that are not invalid. */
function lostFacts({ trials }: RunResult): string[] {
  const byTarget = Map.groupBy(
    trials.filter(({ verdict, ledger }) => verdict.status !== 'invalid' && ledger.lost !== null),
    ({ target }) => target,
  );
  const sumOf = (of: readonly TrialResult[], entry: 'lost' | 'stateLost') =>
    of.reduce((sum, { ledger }) => sum + (ledger[entry] ?? 0), 0);
  const all = [...byTarget].map(([label, own]) => {
    const isKnown = !own.some(isStateUnknown);
    return { label, isKnown, lost: sumOf(own, 'lost'), stateLost: sumOf(own, 'stateLost') };
  });
  const none = all.filter(({ lost, stateLost, isKnown }) => isKnown && lost === 0 && stateLost === 0);
  const texts = [
    ...all
      .filter(({ lost }) => lost > 0)
      .map(({ label, lost }) => `${label} lost ${formatCount(lost)} acknowledged operations`),
    ...all
      .filter(({ stateLost }) => stateLost > 0)
      .map(({ label, stateLost }) => `${label} lost ${formatCount(stateLost)} from its state`),
  ];
  if (texts.length === 0 || none.length === 0) return [];
  return [`${texts.join(', ')}, ${listed(none)} none`];
}

function listed(items: readonly { readonly label: string }[]): string {
  return named(items.map(({ label }) => label));
}

function named(labels: readonly string[]): string {
  const shown =
    labels.length > mostNamed ? [...labels.slice(0, mostNamed - 1), `${labels.length - mostNamed + 1} more`] : labels;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
