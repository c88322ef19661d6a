/** The rows of a comparison: what each figure is on both sides, and whether they are told apart. */

import type { TrialResult } from '../result-types.ts';
import {
  chanceOf,
  halfWidth,
  intervalOf,
  type LogDifference,
  pairedDifference,
  pairsFor,
  storedDifference,
} from '../statistics/log-difference.ts';
import { type Held, holdTogether, isLowerThroughout, knownPairs } from '../statistics/statistics.ts';
import { middleOf } from '../statistics/statistics-order.ts';
import {
  errorOf,
  type FigurePlace,
  figureOf,
  figurePlaces,
  isHigherBetter,
  unitOf,
  withinRunOf,
} from './compared-figures.ts';
import { type CompareOptions, counted, isSame, type NamedRun, ofCell, sidesOf } from './compared-sides.ts';
import type { ComparisonAnswer, ComparisonMethod, ComparisonRow } from './comparison-result.ts';
import { cellOf } from './run-differences.ts';

/** Of the first run against each of the others; the primary figure first. */
export function comparedRows(
  base: NamedRun,
  others: readonly NamedRun[],
  options: CompareOptions,
  method: ComparisonMethod,
): ComparisonRow[] {
  const drafts = others.flatMap((other) => draftsOf(base, other, options, method));
  return judged(drafts, options, method).sort((a, b) => Number(b.isPrimary) - Number(a.isPrimary));
}

interface Draft {
  readonly side: string;
  readonly first: TrialResult;
  readonly place: FigurePlace;
  readonly base: readonly TrialResult[];
  readonly other: readonly TrialResult[];
  readonly baseValues: readonly (number | null)[];
  readonly otherValues: readonly (number | null)[];
  readonly difference: LogDifference | null;
  readonly isSameRun: boolean;
}

function draftsOf(
  { result: one }: NamedRun,
  { name: side, result: two }: NamedRun,
  options: CompareOptions,
  method: ComparisonMethod,
): Draft[] {
  const cells = new Map(counted(one).map((trial) => [cellOf(trial), trial]));
  const metrics = [...new Set([...options.metrics, ...options.gates.map(({ metric }) => metric)])];
  const isSameRun = options.isInterleaved !== true && isSame(one, two);
  return [...cells].flatMap(([cell, first]) => {
    const [base, other] = sidesOf(cell, one, two, method);
    if (base.length === 0 || other.length === 0) return [];
    const places = figurePlaces([...base, ...other], one.plan.primary, withUsual(metrics, options));
    return places.map((place): Draft => {
      const [baseValues, otherValues] = [base, other].map((trials) => trials.map((trial) => figureOf(trial, place)));
      const difference =
        method === 'interleaved'
          ? pairedDifference(baseValues ?? [], otherValues ?? [])
          : storedDifference(
              { values: baseValues ?? [], withinRun: withinOf(base, place) },
              { values: otherValues ?? [], withinRun: withinOf(other, place) },
              (options.noise ?? []).map((run) => ofCell(run, cell).map((trial) => figureOf(trial, place))),
            );
      return {
        ...{ side, first, place, base, other, difference, isSameRun },
        baseValues: baseValues ?? [],
        otherValues: otherValues ?? [],
      };
    });
  });
}

/** A gate alone asks for its own metrics only: what else is told at once widens the intervals of all. */
function withUsual(metrics: readonly string[], { metrics: asked, gates }: CompareOptions): readonly string[] {
  return asked.length === 0 && gates.length === 0 ? [] : metrics;
}

/** One repeat has an interval within itself, several have none that is of all. */
function withinOf(trials: readonly TrialResult[], place: FigurePlace) {
  const [only, ...more] = trials;
  return only === undefined || more.length > 0 ? null : withinRunOf(only, place);
}

/** The primary is tested alone, at 5 %; the rest together (Holm). */
function judged(drafts: readonly Draft[], options: CompareOptions, method: ComparisonMethod): ComparisonRow[] {
  const chance = ({ difference }: Draft) => (difference === null ? 1 : chanceOf(difference));
  const primary = drafts.filter(({ place }) => place.isPrimary);
  const rest = drafts.filter(({ place }) => !place.isPrimary);
  const held = new Map<Draft, Held>();
  for (const family of [primary, rest]) {
    const found = holdTogether(family.map(chance));
    for (const [n, draft] of family.entries()) held.set(draft, found[n] as Held);
  }
  return drafts.map((draft) => rowOf(draft, held.get(draft) as Held, options, method));
}

/** Of what else went on, or of the generator itself: then the interval is no longer one of the systems alone. */
const disturbances = new Set([
  ...['otherWork', 'cpuSteal', 'generatorStall', 'generatorBusy', 'sendLag', 'generatorDrops', 'gcPauses', 'partLost'],
]);
/** More disturbed trials than this, and the rest is no sample of quiet ones either. */
const mostDisturbed = 1 / 4;
const errorRate = 0.05;

function rowOf(
  draft: Draft,
  { holds, comparisons }: Held,
  options: CompareOptions,
  method: ComparisonMethod,
): ComparisonRow {
  const { first, place, base, other, baseValues, otherValues, difference, side } = draft;
  const chance = errorRate / comparisons;
  const told = tellApart(draft, holds, options, method);
  const cannotTell = told.answer === 'cannotTell';
  const [low, high] = difference === null ? [null, null] : intervalOf(difference, chance).map(Math.exp);
  const [low90, high90] = difference === null ? [null, null] : intervalOf(difference, 2 * errorRate).map(Math.exp);
  const { target, variant, condition } = first;
  const needed = pairsFor(difference?.pairScatter ?? null, options.minEffect, comparisons);
  return {
    ...{ side, target, variant, condition, phase: place.phase, operation: place.operation, metric: place.metric },
    unit: unitOf(place.metric),
    higherIsBetter: isHigherBetter(place.metric),
    isPrimary: place.isPrimary,
    base: knownMiddle(baseValues),
    other: knownMiddle(otherValues),
    baseTrials: base.length,
    otherTrials: other.length,
    pairs: method === 'interleaved' ? knownPairs(baseValues, otherValues).length : null,
    ratio:
      difference === null
        ? null
        : {
            ratio: Math.exp(difference.mean),
            low: low ?? null,
            high: high ?? null,
            low90: low90 ?? null,
            high90: high90 ?? null,
          },
    ...told,
    pairsNeeded: cannotTell ? needed : null,
    tellsFrom: cannotTell && difference !== null ? Math.expm1(halfWidth(difference, chance)) : null,
  };
}

function knownMiddle(values: readonly (number | null)[]): number | null {
  const middle = middleOf(values);
  return Number.isFinite(middle) ? middle : null;
}

interface Told {
  readonly answer: ComparisonAnswer;
  readonly reason: string | null;
  readonly isDoubtful: boolean;
}

function tellApart(draft: Draft, holds: boolean, { minEffect }: CompareOptions, method: ComparisonMethod): Told {
  const { place, baseValues, otherValues, difference, isSameRun } = draft;
  const cannotTell = (reason: string, isDoubtful = false): Told => ({ answer: 'cannotTell', reason, isDoubtful });
  const say = (answer: ComparisonAnswer, reason: string | null = null): Told => ({ answer, reason, isDoubtful: false });
  if (isSameRun) return say('same', 'it is the same run');
  const doubt = disturbance(draft);
  if (doubt !== null) return cannotTell(doubt, true);
  const values = [...baseValues, ...otherValues];
  if (values.every((value) => value === null)) return cannotTell('not known on either side, or too few operations');
  if (values.includes(Number.POSITIVE_INFINITY)) return notReached(baseValues, otherValues, method, say, cannotTell);
  if (difference === null)
    return cannotTell(method === 'interleaved' ? 'fewer than three pairs' : 'one side has no figure');
  const ratio = Math.exp(difference.mean);
  const isOutside = ratio < 1 - minEffect || ratio > 1 + minEffect;
  if (holds && isOutside) {
    if (isWithinResolution(draft)) return cannotTell('the difference is smaller than the instrument’s own error');
    return say(ratio > 1 === isHigherBetter(place.metric) ? 'better' : 'worse');
  }
  const [low, high] = intervalOf(difference, 2 * errorRate);
  if (method !== 'stored' && Math.exp(low) >= 1 - minEffect && Math.exp(high) <= 1 + minEffect) return say('same');
  return cannotTell(
    method === 'stored' ? 'how much runs of the same differ is not known here' : 'the interval is too wide',
  );
}

/** Its code; undefined: none. */
export function disturbanceOf(codes: readonly string[]): string | undefined {
  return codes.find((code) => disturbances.has(code));
}

function disturbance({ base, other }: Draft): string | null {
  const all = [...base, ...other];
  const codes = all.map(({ verdict }) => disturbanceOf(verdict.reasons.map(({ code }) => code)));
  const found = codes.filter((code) => code !== undefined);
  if (found.length <= all.length * mostDisturbed) return null;
  return `${found.length} of ${all.length} trials are suspect (${[...new Set(found)].join(', ')})`;
}

function notReached(
  base: readonly (number | null)[],
  other: readonly (number | null)[],
  method: ComparisonMethod,
  say: (answer: ComparisonAnswer, reason: string) => Told,
  cannotTell: (reason: string) => Told,
): Told {
  const [a, b] = [base, other].map((values) => values.filter((value) => value !== null));
  const isEvery = (values: readonly number[] | undefined, infinite: boolean) =>
    values !== undefined && values.length > 0 && values.every((value) => Number.isFinite(value) !== infinite);
  const isEnough = method !== 'interleaved' || knownPairs(base, other).length >= 3;
  if (isEnough && isEvery(a, false) && isEvery(b, true)) return say('worse', 'not reached any more');
  if (isEnough && isEvery(a, true) && isEvery(b, false)) return say('better', 'reached now');
  const pairs = knownPairs(base, other);
  if (method === 'interleaved' && isLowerThroughout(pairs)) return say('worse', 'not reached in some blocks');
  if (method === 'interleaved' && isLowerThroughout(pairs.map(([x, y]) => [y, x] as const))) {
    return say('better', 'not reached in some blocks of the base');
  }
  return cannotTell(isEvery(a, true) && isEvery(b, true) ? 'reached on neither side' : 'not reached in some trials');
}

function isWithinResolution({ place, base, other, baseValues, otherValues }: Draft): boolean {
  const errors = [base, other].map((trials) => middleOf(trials.map((trial) => errorOf(trial, place))));
  const error = Math.max(...errors.map((us) => (Number.isFinite(us) ? us : 0)));
  return Math.abs(middleOf(otherValues) - middleOf(baseValues)) <= error;
}
