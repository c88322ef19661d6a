/** A figure with how sure it is, short enough for a table over all conditions: `28 ±2`, in milliseconds. */
import { figureError } from '../../result/latency-figure.ts';
import { type PercentileName, quantileOf } from '../../result/latency-summary.ts';
import type { LatencyName, PhaseName, TrialResult } from '../../result/result-types.ts';
import { geometricInterval } from '../../result/statistics/statistics.ts';
import { middleOf } from '../../result/statistics/statistics-order.ts';
import { formatCount } from '../text/format-values.ts';
import { withinOf } from './answer-figures.ts';
import { type Contender, figureOf } from './result-view.ts';

export interface SpreadPlace {
  readonly operation: string;
  readonly phase: PhaseName;
  readonly latency: LatencyName;
  readonly percentile: PercentileName;
}

export interface Spread {
  /** The middle one; infinite: not reached; null: there is none, and `gap` says why. */
  readonly us: number | null;
  readonly gap: string;
  /** Half of the 95 % interval, never less than the instrument's own error; null: not known. */
  readonly halfUs: number | null;
  /** By repeat: infinite: not reached; null: not known, or it does not count. */
  readonly values: readonly (number | null)[];
  readonly resolutionUs: number | null;
  /** Of a single trial; null: not known, or there are more. */
  readonly within: readonly [number, number | null] | null;
}

/** Three or more repeats: Student's t of their logarithms; a single one: within this run; two say nothing of their spread. */
export function spreadOf(contender: Contender | undefined, place: SpreadPlace): Spread {
  const { counted = [], trials = [] } = contender ?? {};
  const repeats = Math.max(0, ...trials.map(({ repeat }) => repeat));
  const each = counted.map((trial) => ({ repeat: trial.repeat, ...valueIn(trial, place) }));
  const values = Array.from({ length: repeats }, (_, n) => each.find(({ repeat }) => repeat === n + 1)?.value ?? null);
  const known = values.filter((value) => value !== null);
  const errors = counted.flatMap((trial) => figureError(trial, place.latency, quantileOf(place.percentile))?.us ?? []);
  const resolutionUs = errors.length === 0 ? null : Math.max(...errors);
  const [only] = counted;
  const within = counted.length === 1 && only !== undefined ? withinOf(only, place) : null;
  const halves = [halfOf(known), halfWithin(within), resolutionUs].filter((half) => half !== null);
  const isSure = known.length === 1 ? within !== null : known.length > 2;
  return {
    us: known.length === 0 ? null : middleOf(values),
    gap: each[0]?.gap ?? '–',
    halfUs: isSure && halves.length > 0 ? Math.max(...halves) : null,
    values,
    resolutionUs,
    within,
  };
}

function valueIn(trial: TrialResult, place: SpreadPlace): { value: number | null; gap: string } {
  const { us, text } = figureOf([trial], place.phase, place.operation, place.latency, place.percentile);
  return { value: us ?? (text.startsWith('not reached') ? Number.POSITIVE_INFINITY : null), gap: text };
}

function halfOf(values: readonly number[]): number | null {
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log);
  if (logs.length < 3 || logs.length < values.length) return null;
  const [low, high] = geometricInterval(logs);
  return (high - low) / 2;
}

function halfWithin(within: Spread['within']): number | null {
  if (within === null || within[1] === null) return null;
  return (within[1] - within[0]) / 2;
}

/** `28 ±2`, `1.24 ±0.06`, `not reached`, `too few`. `±?`: the interval is wider than the figure itself. */
export function spreadText({ us, gap, halfUs }: Spread): string {
  if (us === null) return gap;
  if (us === Number.POSITIVE_INFINITY) return 'not reached';
  const [ms, halfMs] = [us / 1e3, halfUs === null ? null : halfUs / 1e3];
  const isWide = halfMs !== null && halfMs >= ms;
  const digits = digitsOf(ms, isWide ? null : halfMs);
  const text = (value: number) => (value >= 1_000 ? formatCount(value) : value.toFixed(digits));
  if (halfMs === null) return text(ms);
  return isWide ? `${text(ms)} ±?` : `${text(ms)} ±${text(Math.max(halfMs, 10 ** -digits))}`;
}

/** Three significant ones at most, and none that the interval makes idle. */
function digitsOf(ms: number, halfMs: number | null): number {
  const most = ms >= 99.5 ? 0 : ms >= 9.95 ? 1 : ms >= 0.995 ? 2 : 3;
  return halfMs === null || halfMs === 0 ? most : Math.min(most, Math.max(0, -Math.floor(Math.log10(halfMs * 1.05))));
}
