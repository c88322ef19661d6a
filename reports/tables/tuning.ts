/** `bench tune`: what the best settings are worth, and what every combination cost. */
import type { RunResult, TuningResult } from '../../result/result-types.ts';
import { type VariantSet, variantText } from '../figures/variant-figures.ts';
import { formatBytes, formatRate, formatRatio, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

/** A sentence for each target; empty without `tuning`. */
export function tuningSentences({ tuning = [] }: RunResult): string[] {
  return tuning.map((one) => {
    const about = `${one.target}, ${one.objective} under ${one.condition}`;
    const [best] = one.finalists;
    if (best === undefined) return `${about}: no variant has a figure.`;
    const text = `${variantText(best.variant)} (${ratioText(best)})`;
    if (best.isBetter) return `${about}: ${text} beats the target as written.`;
    if (one.finalists.every(({ side }) => side === 'worse'))
      return `${about}: nothing beats the target as written; the best candidate was ${text}.`;
    return best.side === 'better'
      ? `${about}: ${text} is better than the target as written, but not within the conditions.`
      : `${about}: not told apart from the target as written; the best candidate was ${text}.`;
  });
}

function ratioText(finalist: TuningResult['finalists'][number]): string {
  const { against, notReached, doubtful } = finalist;
  const doubt = doubtful === undefined ? '' : `; ${doubtful.suspect} of these ${doubtful.trials} trials suspect`;
  if (notReached !== undefined) return `${reachedText(notReached)}${doubt}`;
  if (against === null) return 'not to be compared';
  const { ratio, low, high, pairs } = against;
  return `${formatRatio(ratio)} × its value, 95 % within ${formatRatio(low)}–${formatRatio(high)}, ${pairs} pairs${doubt}`;
}

function reachedText({ own, asWritten, repeats }: NonNullable<TuningResult['finalists'][number]['notReached']>) {
  return `reached in ${repeats - own} of ${repeats} repeats, as written in ${repeats - asWritten}`;
}

/** The settings that won, as they would stand in the scenario; empty where nothing did. */
export function recommendedSnippets({ tuning = [] }: RunResult): string[] {
  return tuning.flatMap(({ target, finalists: [best] }) => {
    if (best?.isBetter !== true) return [];
    const nested: Record<string, unknown> = {};
    for (const [path, value] of Object.entries(best.variant)) place(nested, path.split('.'), value);
    return [`targets: { ${target}: ${flow(nested).replace('{ ', '{ …, ')} }`];
  });
}

function place(into: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) into[first] = value;
  else {
    const within = (into[first] ?? {}) as Record<string, unknown>;
    into[first] = within;
    place(within, rest, value);
  }
}

function flow(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${key}: ${flow(inner)}`)
    .join(', ')} }`;
}

/** One table a target: all variants of the survey, and the finalists beside the target as written. */
export function tuningTables({ tuning = [] }: RunResult): Table[] {
  return tuning.flatMap((one) => [surveyTable(one), finalsTable(one)]);
}

/** What was told by repeats; a table a target. */
export function finalsTables({ tuning = [] }: RunResult): Table[] {
  return tuning.map(finalsTable);
}

/** The surveys as pictures take them. */
export function surveySets({ tuning = [], plan }: RunResult): VariantSet[] {
  return tuning.map(({ target, condition, percentile, survey }) => ({
    target,
    phase: (plan.conditions[condition] ?? []).length > 0 ? 'during' : 'steady',
    percentile,
    points: survey.map(({ variant, verdict, latencyUs, goodputPerSecond, cpuUsPerOperation, bytesPerOperation }) => ({
      settings: variantText(variant),
      variant,
      status: verdict ?? 'valid',
      figures: { latency: latencyUs, goodput: goodputPerSecond, cpu: cpuUsPerOperation, bytes: bytesPerOperation },
    })),
  }));
}

function surveyTable({ target, condition, objective, percentile, survey }: TuningResult): Table {
  return {
    title: `survey of ${target} · ${condition} · ${objective} · front: nothing else is as good in ${percentile}, goodput, CPU and bytes together`,
    spans: [],
    columns: [
      nameColumn('settings'),
      ...figureColumns(percentile, 'goodput/s', 'CPU an op', 'wire an op'),
      ...textColumns('front', 'conditions'),
    ],
    rows: survey.map((one): Row => {
      const { variant, latencyUs, goodputPerSecond, cpuUsPerOperation, bytesPerOperation, isOnFront, isWithin } = one;
      const { verdict = 'valid' } = one;
      return {
        cells: [
          variantText(variant),
          latencyUs === null ? '–' : formatUs(latencyUs),
          goodputPerSecond === null ? '–' : formatRate(goodputPerSecond),
          cpuUsPerOperation === null ? '–' : formatUs(cpuUsPerOperation),
          bytesPerOperation === null ? '–' : formatBytes(bytesPerOperation),
          isOnFront ? 'on it' : '',
          isWithin === null ? '?' : isWithin ? '' : 'missed',
        ],
        status: verdict,
      };
    }),
  };
}

function betterText(isBetter: boolean, side: TuningResult['finalists'][number]['side']): string {
  if (isBetter) return 'yes';
  if (side === 'worse') return 'no';
  return side === 'better' ? 'yes, a condition missed' : 'not told apart';
}

function finalsTable({ target, objective, finalists }: TuningResult): Table {
  return {
    title: `finals of ${target} · ${objective}: value ÷ that of the target as written, repeat by repeat`,
    spans: [],
    columns: [nameColumn('settings'), ...figureColumns('ratio', '95 % from', 'to', 'pairs'), ...textColumns('better')],
    rows: finalists.map(({ variant, against, notReached, doubtful, isBetter, side }): Row => {
      // Of some repeats only, a ratio would leave out the worst.
      const told = notReached === undefined ? against : null;
      const figure = (value: number | undefined) => (value === undefined ? '–' : formatRatio(value));
      const reached = notReached === undefined ? '' : `: ${reachedText(notReached)}`;
      return {
        cells: [
          variantText(variant),
          figure(told?.ratio),
          figure(told?.low),
          figure(told?.high),
          String(told?.pairs ?? 0),
          `${betterText(isBetter, side)}${reached}`,
        ],
        status: doubtful === undefined ? 'valid' : 'suspect',
      };
    }),
  };
}
