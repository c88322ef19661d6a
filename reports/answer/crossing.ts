/**
 * Where compression begins to pay: a sweep with and without it, played calm and over lines of several bandwidths, compared
 * on each line.
 */
import type { LatencyName, PhaseName, RunResult, SettingValue } from '../../result/result-types.ts';
import { isLowerThroughout, knownPairs, pairedRatio } from '../../result/statistics/statistics.ts';
import type { QuantileInterval } from '../../result/statistics/statistics-blocks.ts';
import { factorBeyondDoubt, farApart, isDifference, leastRepeats } from '../../result/statistics/statistics-order.ts';
import { parseMetric } from '../../result/threshold-grammar.ts';
import { withinOf } from '../figures/answer-figures.ts';
import {
  type ConditionGroup,
  type Contender,
  conditionGroups,
  figureOf,
  operationsOf,
} from '../figures/result-view.ts';
import { formatRatio, type Percentile } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Table, textColumns } from '../text/table.ts';

interface Line {
  readonly group: ConditionGroup;
  /** Of each connection; infinite: calm. */
  readonly bytesPerSecond: number;
}

interface Measure {
  readonly operation: string;
  readonly latency: LatencyName;
  readonly percentile: Percentile;
}

interface Crossing {
  readonly target: string;
  readonly setting: string;
  readonly value: SettingValue;
  /** By line, the widest first. */
  readonly compared: readonly Compared[];
}

interface Compared {
  /** Its latency ÷ that without; null: not known; 0, infinite: one of them was not reached. */
  readonly ratio: number | null;
  /** By the ratio within each repeat, of one repeat by intervals within the run that lie far apart. */
  readonly tells: 'pays' | 'costs' | 'nothing';
  /** Suspect trials are among those compared. */
  readonly isDoubtful: boolean;
}

/** A latency by repeat, µs; infinite: not reached; null: not known. */
interface Measured {
  readonly us: number;
  readonly repeats: readonly (number | null)[];
  /** Of a single trial; null: not known. */
  readonly withinUs: QuantileInterval | null;
  readonly isDoubtful: boolean;
}

/** null without such a sweep. */
export function crossingSentence(result: RunResult): string | null {
  const { lines, crossings } = crossingsOf(result);
  const texts = crossings.map(({ target, value, compared }) => {
    const doubt = compared.some(({ isDoubtful }) => isDoubtful) ? ' (suspect trials among them)' : '';
    return `${target} with ${value} ${paysText(lines, compared)}${doubt}`;
  });
  return texts.length === 0 ? null : `Compression pays – ${texts.join('; ')}.`;
}

/** null without such a sweep. */
export function crossingTable(result: RunResult): Table | null {
  const { lines, measure, crossings } = crossingsOf(result);
  if (measure === null || crossings.length === 0) return null;
  const { operation, latency, percentile } = measure;
  const what = `${latency} ${percentile} of ${operation}`;
  return {
    title: `what compression makes of the ${what} · ÷ that without, each the best over all other settings${repeatsText(result)}`,
    spans: [],
    columns: [nameColumn('setting'), ...figureColumns(...lines.map(lineText)), ...textColumns('it pays')],
    rows: crossings.map(({ target, setting, value, compared }) => ({
      cells: [
        `${target} ${setting}=${value}`,
        ...compared.map(({ ratio }) => ratioText(ratio)),
        paysText(lines, compared),
      ],
      status: compared.some(({ isDoubtful }) => isDoubtful) ? 'suspect' : 'valid',
    })),
  };
}

function crossingsOf(result: RunResult): { lines: Line[]; measure: Measure | null; crossings: Crossing[] } {
  const lines = linesOf(result);
  const measure = measureOf(result, lines);
  const hasThinLine = lines.some(({ bytesPerSecond }) => Number.isFinite(bytesPerSecond));
  if (measure === null || lines.length < 2 || !hasThinLine) return { lines, measure, crossings: [] };
  const contenders = lines.flatMap(({ group }) => group.contenders);
  const crossings = [...Map.groupBy(contenders, ({ target }) => target)].flatMap(([target, variants]) =>
    ['compression', 'compression.codec'].flatMap((setting) => {
      const values = [...new Set(variants.flatMap((one) => settingOf(one, setting) ?? []))];
      if (!values.includes('none')) return [];
      const best = (value: SettingValue) => lines.map((line) => bestOn(line, target, setting, value, measure));
      const without = best('none');
      return values
        .filter((value) => value !== 'none')
        .map((value): Crossing => {
          const compared = best(value).map((one, n) => compare(one, without[n] ?? null));
          return { target, setting, value, compared };
        });
    }),
  );
  return { lines, measure, crossings };
}

/**
 * The widest first: calm, and the conditions that do nothing but to bound the bandwidth, in the same direction of the same
 * link; another direction would be another question.
 */
function linesOf(result: RunResult): Line[] {
  const calm: Line[] = [];
  const byPlace = new Map<string, Line[]>();
  for (const group of conditionGroups(result)) {
    const faults = group.contenders.flatMap(({ trials }) => trials.flatMap((trial) => trial.faults));
    if (faults.length === 0) calm.push({ group, bytesPerSecond: Number.POSITIVE_INFINITY });
    const kinds = new Set(faults.map(({ fault, link, settings }) => JSON.stringify([fault, link, settings])));
    const [first] = faults;
    if (typeof first?.settings.bytesPerSecond !== 'number' || kinds.size > 1) continue;
    const place = JSON.stringify([first.link, first.settings.direction]);
    const line = { group, bytesPerSecond: Number(first.settings.bytesPerSecond) };
    byPlace.set(place, [...(byPlace.get(place) ?? []), line]);
  }
  const [most = []] = [...byPlace.values()].sort((a, b) => b.length - a.length);
  const thinner = most.sort((a, b) => b.bytesPerSecond - a.bytesPerSecond);
  const distinct = thinner.filter(({ bytesPerSecond }, n) => bytesPerSecond !== thinner[n - 1]?.bytesPerSecond);
  return [...calm.slice(0, 1), ...distinct];
}

/** The scenario's primary figure, else the p90 of the first operation. */
function measureOf({ plan: { primary } }: RunResult, [first]: readonly Line[]): Measure | null {
  const operation = primary?.operation ?? (first && operationsOf(first.group)[0]?.name);
  if (operation === undefined) return null;
  const metric = primary === undefined ? null : parseMetric(primary.metric);
  return metric?.kind === 'latency'
    ? { operation, latency: metric.latency, percentile: metric.figure }
    : { operation, latency: 'offered', percentile: 'p90' };
}

function settingOf({ trials }: Contender, setting: string): SettingValue | undefined {
  return trials[0]?.variant[setting];
}

/** Of the variants with the value the one with the lowest latency; null: it is known of none. */
function bestOn(
  { group }: Line,
  target: string,
  setting: string,
  value: SettingValue,
  { operation, latency, percentile }: Measure,
): Measured | null {
  const phase: PhaseName = group.phases.includes('during') ? 'during' : 'steady';
  const latencyUsOf = (trials: Contender['counted']): number | null => {
    const { us, text } = figureOf(trials, phase, operation, latency, percentile);
    return us ?? (text.startsWith('not reached') ? Number.POSITIVE_INFINITY : null);
  };
  const variants = group.contenders.filter((one) => one.target === target && settingOf(one, setting) === value);
  const known = variants.flatMap(({ counted, trials, status }): Measured[] => {
    const us = status === 'invalid' ? null : latencyUsOf(counted);
    if (us === null) return [];
    // Repeat by repeat, with a gap where one does not count: pairs must be of the same repeat.
    const repeats = trials.map((trial) => (counted.includes(trial) ? latencyUsOf([trial]) : null));
    const [only] = counted;
    const place = { operation, phase, latency, percentile };
    const withinUs = counted.length === 1 && only !== undefined ? withinOf(only, place) : null;
    return [{ us, repeats, withinUs, isDoubtful: status !== 'valid' }];
  });
  return known.reduce<Measured | null>((best, one) => (best === null || one.us < best.us ? one : best), null);
}

function compare(one: Measured | null, without: Measured | null): Compared {
  if (one === null || without === null || (!Number.isFinite(one.us) && !Number.isFinite(without.us)))
    return { ratio: null, tells: 'nothing', isDoubtful: false };
  const ratio = Number.isFinite(without.us) ? one.us / without.us : 0;
  return { ratio, tells: toldBy(one, without), isDoubtful: one.isDoubtful || without.isDoubtful };
}

function toldBy(one: Measured, without: Measured): Compared['tells'] {
  const pairs = knownPairs(one.repeats, without.repeats);
  if (pairs.length < 2) return toldByOneRun(one, without);
  // What was not reached has no ratio, and leaving it out would flatter: then each repeat has to say the same.
  if (pairs.flat().some((us) => !Number.isFinite(us))) {
    if (isLowerThroughout(pairs)) return 'pays';
    return isLowerThroughout(knownPairs(without.repeats, one.repeats)) ? 'costs' : 'nothing';
  }
  const interval = pairedRatio(without.repeats, one.repeats);
  if (interval === null || interval.pairs < leastRepeats) return 'nothing';
  if (!isDifference(interval, without.repeats, one.repeats, 0)) return 'nothing';
  return interval.high < 1 ? 'pays' : interval.low > 1 ? 'costs' : 'nothing';
}

/** Reached beside not reached is beyond doubt; else whole intervals have to lie far apart. */
function toldByOneRun(one: Measured, without: Measured): Compared['tells'] {
  if (Number.isFinite(one.us) !== Number.isFinite(without.us)) return Number.isFinite(one.us) ? 'pays' : 'costs';
  const known = [one, without].flatMap(({ withinUs }, n) =>
    withinUs === null ? [] : [{ label: n === 0 ? 'one' : 'without', low: withinUs[0], high: withinUs[1] }],
  );
  const [apart] = farApart(known);
  return apart === undefined ? 'nothing' : apart.lower === 'one' ? 'pays' : 'costs';
}

function repeatsText({ plan: { repeats } }: RunResult): string {
  return repeats > 1
    ? ' · told by the 95 % interval of each'
    : ` · one repeat: told where intervals within the run lie a factor of ${factorBeyondDoubt} apart`;
}

function ratioText(ratio: number | null): string {
  if (ratio === null) return '–';
  if (ratio === 0) return 'without it: not reached';
  return Number.isFinite(ratio) ? `${formatRatio(ratio)}×` : 'not reached';
}

function lineText({ bytesPerSecond, group }: Line): string {
  if (!Number.isFinite(bytesPerSecond)) return group.condition;
  return bytesPerSecond >= 1e6 ? `${bytesPerSecond / 1e6} MB/s` : `${bytesPerSecond / 1e3} kB/s`;
}

/** `at 1 MB/s and below, not told apart at 4 MB/s`: from the thinnest line up to the widest on which it still pays. */
function paysText(lines: readonly Line[], compared: readonly Compared[]): string {
  const pays = compared.map(({ tells }) => tells === 'pays');
  const widest = pays.lastIndexOf(false) + 1;
  if (!pays.includes(true)) return 'on none of these lines';
  if (widest === 0) return 'on all of these lines';
  const here = lines.filter((_, n) => pays[n]).map(lineText);
  if (widest === lines.length || here.length > lines.length - widest) return `on ${here.join(' and ')} only`;
  const next = compared[widest - 1]?.tells === 'costs' ? 'not at' : 'not told apart at';
  return `at ${lineText(lines[widest] as Line)} and below, ${next} ${lineText(lines[widest - 1] as Line)}`;
}
