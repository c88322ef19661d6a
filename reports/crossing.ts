/**
 * Where compression begins to pay: a sweep with and without it, played calm and over lines of several bandwidths, compared
 * on each line.
 */
import type { LatencyName, PhaseName, RunResult, SettingValue } from '../result/result-types.ts';
import { parseMetric } from '../result/threshold-grammar.ts';
import { formatRatio, type Percentile } from './format-values.ts';
import { type ConditionGroup, type Contender, conditionGroups, figureOf, operationsOf } from './result-view.ts';
import { figureColumns, nameColumn, type Table, textColumns } from './table.ts';

/** Closer to 1 than this a single ratio may well be noise. */
const tellingShare = 0.1;

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
  /** Its latency ÷ that without, by line, the widest first; null: not known; 0, infinite: one of them was not reached. */
  readonly ratios: readonly (number | null)[];
}

/** null without such a sweep. */
export function crossingSentence(result: RunResult): string | null {
  const { lines, crossings } = crossingsOf(result);
  const texts = crossings.map(({ target, value, ratios }) => `${target} with ${value} ${paysText(lines, ratios)}`);
  return texts.length === 0 ? null : `Compression pays – ${texts.join('; ')}.`;
}

/** null without such a sweep. */
export function crossingTable(result: RunResult): Table | null {
  const { lines, measure, crossings } = crossingsOf(result);
  if (measure === null || crossings.length === 0) return null;
  const { operation, latency, percentile } = measure;
  const what = `${latency} ${percentile} of ${operation}`;
  return {
    title: `what compression makes of the ${what} · ÷ that without, each the best over all other settings`,
    spans: [],
    columns: [nameColumn('setting'), ...figureColumns(...lines.map(lineText)), ...textColumns('it pays')],
    rows: crossings.map(({ target, setting, value, ratios }) => ({
      cells: [`${target} ${setting}=${value}`, ...ratios.map(ratioText), paysText(lines, ratios)],
      status: 'valid',
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
          const ratios = best(value).map((us, n) => ratioOf(us, without[n] ?? null));
          return { target, setting, value, ratios };
        });
    }),
  );
  return { lines, measure, crossings };
}

/** The widest first. Conditions that do more than to bound the bandwidth are no lines. */
function linesOf(result: RunResult): Line[] {
  const lines = conditionGroups(result).flatMap((group): Line[] => {
    const faults = group.contenders.flatMap(({ trials }) => trials.flatMap((trial) => trial.faults));
    if (faults.length === 0) return [{ group, bytesPerSecond: Number.POSITIVE_INFINITY }];
    const rates = new Set(
      faults.map(({ fault, settings }) => (fault === 'bandwidth' ? Number(settings.bytesPerSecond) : Number.NaN)),
    );
    const [rate = Number.NaN] = rates;
    return rates.size === 1 && rate > 0 ? [{ group, bytesPerSecond: rate }] : [];
  });
  return lines.sort((a, b) => (a.bytesPerSecond > b.bytesPerSecond ? -1 : 1));
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

/** Lowest latency of the variants with the value, µs; infinite: not reached; null: not known. */
function bestOn(
  { group }: Line,
  target: string,
  setting: string,
  value: SettingValue,
  measure: Measure,
): number | null {
  const phase: PhaseName = group.phases.includes('during') ? 'during' : 'steady';
  const variants = group.contenders.filter((one) => one.target === target && settingOf(one, setting) === value);
  const known = variants.flatMap(({ counted, status }) => {
    if (status === 'invalid') return [];
    const { us, text } = figureOf(counted, phase, measure.operation, measure.latency, measure.percentile);
    return us ?? (text.startsWith('not reached') ? Number.POSITIVE_INFINITY : []);
  });
  return known.length === 0 ? null : Math.min(...known);
}

function ratioOf(us: number | null, withoutUs: number | null): number | null {
  if (us === null || withoutUs === null || (!Number.isFinite(us) && !Number.isFinite(withoutUs))) return null;
  return Number.isFinite(withoutUs) ? us / withoutUs : 0;
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

/** `at 1 MB/s and below, not at 4 MB/s`; a line in between where it neither gains nor costs is named as such. */
function paysText(lines: readonly Line[], ratios: readonly (number | null)[]): string {
  const pays = ratios.map((ratio) => ratio !== null && ratio < 1 - tellingShare);
  const widest = pays.indexOf(true);
  if (widest < 0) return 'on none of these lines';
  if (pays.slice(widest).includes(false)) {
    return `on ${lines
      .filter((_, n) => pays[n])
      .map(lineText)
      .join(' and ')} only`;
  }
  if (widest === 0) return 'on all of these lines';
  return `at ${lineText(lines[widest] as Line)} and below, not at ${lineText(lines[widest - 1] as Line)}`;
}
