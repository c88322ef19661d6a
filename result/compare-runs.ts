/** Is another run different from the base, and by how much: rows, counts, and what stands against comparing them at all. */
import {
  errorOf,
  type FigurePlace,
  figureOf,
  figurePlaces,
  isHigherBetter,
  unitOf,
  withinRunOf,
} from './compared-figures.ts';
import { type Gate, judgeGate } from './comparison-gates.ts';
import type {
  ComparedSide,
  ComparisonAnswer,
  ComparisonCount,
  ComparisonMethod,
  ComparisonResult,
  ComparisonRow,
  LeftOutTrial,
} from './comparison-result.ts';
import {
  chanceOf,
  halfWidth,
  intervalOf,
  type LogDifference,
  leastNoiseRuns,
  pairedDifference,
  pairsFor,
  storedDifference,
} from './log-difference.ts';
import { phaseNames, type RunResult, type TrialResult, type Warning } from './result-types.ts';
import { cellOf, runDifferences } from './run-differences.ts';
import { type Held, holdTogether, isLowerThroughout, knownPairs } from './statistics.ts';
import { middleOf } from './statistics-order.ts';

export interface NamedRun {
  readonly name: string;
  readonly result: RunResult;
  /** What only this side has; see `ComparedSide`. */
  readonly settings?: readonly string[];
}

export interface CompareOptions {
  /** The same number on both sides is one moment in time. */
  readonly isInterleaved?: boolean;
  readonly blocks?: readonly ('AB' | 'BA')[];
  /** A stored A/A set: runs of one and the same on this machine. */
  readonly noise?: readonly RunResult[];
  readonly minEffect: number;
  /** Empty: what is usual, see `figurePlaces`. */
  readonly metrics: readonly string[];
  readonly gates: readonly Gate[];
  readonly isForced: boolean;
}

/** `base` first, every other one against it. Never throws for what differs: `differences` says what is refused. */
export function compareRuns(base: NamedRun, others: readonly NamedRun[], options: CompareOptions): ComparisonResult {
  const method = methodOf(options);
  const drafts = others.flatMap((other) => draftsOf(base, other, options, method));
  const differences = others.flatMap((other) => runDifferences(base.result, other.result, other.name));
  const rows = judged(drafts, options, method).sort((a, b) => Number(b.isPrimary) - Number(a.isPrimary));
  const all = [base, ...others];
  return {
    kind: 'comparison',
    schemaVersion: 1,
    semanticsVersion: base.result.semanticsVersion,
    status: all.some(({ result }) => result.status !== 'complete') ? 'interrupted' : 'complete',
    scenario: base.result.run.scenario,
    question: base.result.plan.question ?? null,
    method,
    minEffect: options.minEffect,
    blocks: options.blocks ?? [],
    sides: all.map(sideOf),
    differences,
    isForced: options.isForced && differences.some(({ refused }) => refused),
    rows,
    counts: others.flatMap((other) => countsOf(base, other, options)),
    leftOut: leftOutOf(all, options),
    onlyOneHas: others.flatMap((other) => onlyOneHas(base, other)),
    gates: options.gates.map((gate) => judgeGate(gate, rows)),
    warnings: warningsOf(base, others, options),
  };
}

function methodOf({ isInterleaved, noise = [] }: CompareOptions): ComparisonMethod {
  if (isInterleaved === true) return 'interleaved';
  return noise.length >= leastNoiseRuns ? 'baselineNoise' : 'stored';
}

function sideOf({ name, result, settings = [] }: NamedRun): ComparedSide {
  const { id: runId, scenario, startedAt } = result.run;
  return { name, runId, scenario, startedAt, status: result.status, trials: ofItself(result).length, settings };
}

/** Without those that were tried on the way to a rate. */
function ofItself({ trials }: RunResult): TrialResult[] {
  return trials.filter(({ purpose }) => purpose === undefined);
}

function counted(result: RunResult): TrialResult[] {
  return ofItself(result).filter(({ verdict }) => verdict.status !== 'invalid');
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

function isSame(one: RunResult, two: RunResult): boolean {
  const moments = ({ run, trials }: RunResult) =>
    [run.id, run.startedAt, ...trials.map(({ startedAt }) => startedAt)].join();
  return moments(one) === moments(two);
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

function ofCell(result: RunResult, cell: string): TrialResult[] {
  return counted(result).filter((trial) => cellOf(trial) === cell);
}

/** Interleaved: those of whole blocks, in one order for both. */
function sidesOf(cell: string, one: RunResult, two: RunResult, method: ComparisonMethod) {
  const [base, other] = [ofCell(one, cell), ofCell(two, cell)] as const;
  if (method !== 'interleaved') return [base, other] as const;
  const pairs = base.flatMap((trial) => {
    const its = other.find(({ repeat }) => repeat === trial.repeat);
    return its === undefined ? [] : [[trial, its] as const];
  });
  return [pairs.map(([a]) => a), pairs.map(([, b]) => b)] as const;
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

function disturbance({ base, other }: Draft): string | null {
  const all = [...base, ...other];
  const codes = all.map(({ verdict }) => verdict.reasons.find(({ code }) => disturbances.has(code))?.code);
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

const countedLedger = [
  ...([
    'lost',
    'stateLost',
    'unacknowledgedButApplied',
    'duplicatesReceived',
    'duplicatesApplied',
    'reordered',
    'corrupted',
  ] as const),
] as const;
const countedOutcomes = ['rejected', 'failed', 'timedOut', 'dropped'] as const;

function countsOf(
  { result: one }: NamedRun,
  { name: side, result: two }: NamedRun,
  options: CompareOptions,
): ComparisonCount[] {
  const cells = new Map(counted(one).map((trial) => [cellOf(trial), trial]));
  return [...cells].flatMap(([cell, { target, variant, condition }]) => {
    const [base, other] = sidesOf(cell, one, two, methodOf(options));
    if (base.length === 0 || other.length === 0) return [];
    const common = { side, target, variant, condition, baseTrials: base.length, otherTrials: other.length };
    const counts = [
      ...countedLedger.map((what) => ({ what, of: ({ ledger }: TrialResult) => ledger[what] ?? null })),
      ...countedOutcomes.map((what) => ({ what, of: (trial: TrialResult) => outcomes(trial, what) })),
    ];
    return counts.flatMap(({ what, of }) => {
      const [a, b] = [sum(base.map(of)), sum(other.map(of))];
      return (a ?? 0) === 0 && (b ?? 0) === 0 && a === b ? [] : [{ ...common, what, base: a, other: b }];
    });
  });
}

function outcomes({ phases }: TrialResult, what: (typeof countedOutcomes)[number]): number {
  const played = phaseNames.filter((name) => name !== 'warmup' && name !== 'drain');
  return played.reduce((total, name) => total + (phases[name]?.counts[what] ?? 0), 0);
}

function sum(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((total, value) => (total === null || value === null ? null : total + value), 0);
}

function leftOutOf(sides: readonly NamedRun[], { isInterleaved }: CompareOptions): LeftOutTrial[] {
  return sides.flatMap(({ name: side, result }, n) =>
    ofItself(result).flatMap((trial): LeftOutTrial[] => {
      const { verdict, id } = trial;
      if (verdict.status === 'invalid') {
        const reason = verdict.reasons.find(({ status }) => status === 'invalid')?.message ?? 'invalid';
        return [{ side, trial: id, verdict: verdict.status, reason }];
      }
      const opposite = sides[n === 0 ? 1 : 0]?.result;
      const isPaired =
        isInterleaved !== true ||
        (opposite !== undefined && ofCell(opposite, cellOf(trial)).some(({ repeat }) => repeat === trial.repeat));
      return isPaired
        ? []
        : [{ side, trial: id, verdict: verdict.status, reason: 'its block has no valid trial of the other side' }];
    }),
  );
}

function onlyOneHas(base: NamedRun, other: NamedRun): string[] {
  const found = new Set<string>();
  for (const [own, its] of [
    [base, other],
    [other, base],
  ] as const) {
    const there = new Set(ofItself(its.result).map(cellOf));
    for (const trial of ofItself(own.result)) {
      if (there.has(cellOf(trial))) continue;
      const settings = Object.entries(trial.variant).map(([path, value]) => ` ${path}=${value}`);
      found.add(`${trial.target}${settings.join('')} in ${trial.condition}: only ${own.name} has it`);
    }
  }
  return [...found];
}

function warningsOf(base: NamedRun, others: readonly NamedRun[], options: CompareOptions): Warning[] {
  const found: Warning[] = [];
  for (const { name, result } of [base, ...others]) {
    if (result.status !== 'complete' && options.isInterleaved !== true) {
      const message = `${name} is ${result.status}: ${ofItself(result).length} of ${result.run.trialsPlanned} trials are there.`;
      found.push({ code: 'partial', message, remedy: 'Compare whole runs; `bench run --resume` ends what was begun.' });
    }
  }
  for (const { name, result } of others) {
    if (options.isInterleaved !== true && isSame(base.result, result)) {
      found.push({
        code: 'sameRun',
        message: `${name} is the same run as ${base.name}.`,
        remedy: 'Name two runs, or play two sides with --interleave.',
      });
    }
  }
  const { noise = [], isInterleaved } = options;
  if (isInterleaved !== true && noise.length < leastNoiseRuns) {
    const have =
      noise.length === 0 ? 'There is no stored A/A set' : `The A/A set holds ${noise.length} runs, three are the least`;
    found.push({
      code: 'noBaselineNoise',
      message: `${have}: only what lies a factor of 1.5 beyond the intervals is told.`,
      remedy:
        'Play both alternately with --interleave 8, or give --baseline-noise a folder of at least three runs of the same.',
    });
  }
  return found;
}
