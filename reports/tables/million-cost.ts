/**
 * What a million operations cost: the slope of what is used over three rates. At one rate alone most of it is what a part
 * takes for being awake, which grows with nothing. Generator and proxy are ours and are left out.
 */

import { costShares } from '../../result/cost-rates.ts';
import {
  type CapacityResult,
  hasBroker,
  type Prices,
  type RunResult,
  type TrialResult,
} from '../../result/result-types.ts';
import { totalCounts } from '../figures/result-view.ts';
import { variantText } from '../figures/variant-figures.ts';
import { formatBytes, formatCount } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

/** Of a million operations; null: not known. */
interface Cost {
  readonly rates: readonly number[];
  readonly coreHours: Slope | null;
  readonly bytes: Slope | null;
  readonly writtenBytes: Slope | null;
  /** Core-hours an hour of a broker with nothing to do. */
  readonly idle: number | null;
}

interface Slope {
  readonly value: number;
  /** Between neighbouring rates: how straight the line is. */
  readonly low: number;
  readonly high: number;
}

/** null where no cost was asked for. */
export function millionCostTable(result: RunResult): Table | null {
  const { prices = null } = result;
  const asked = (result.capacity ?? []).filter(({ cost }) => cost !== undefined);
  if (asked.length === 0) return null;
  return {
    title:
      'a million operations cost · slope over three rates; services and broker, without generator and proxy; in brackets: between neighbouring rates',
    spans: [],
    columns: [
      nameColumn('target'),
      ...textColumns('at'),
      ...figureColumns(
        'core-hours',
        'on the client’s link',
        'written by the broker',
        'idle broker, core-hours an hour',
      ),
      ...(prices === null ? [] : figureColumns(`${prices.currency} a million`)),
    ],
    rows: asked.map((one) => costRow(one, result, prices)),
  };
}

function costRow(one: CapacityResult, { trials }: RunResult, prices: Prices | null): Row {
  const label = one.variant === undefined ? one.target : `${one.target} (${variantText(one.variant)})`;
  const played = (one.cost ?? []).flatMap(({ trial }) => trials.find(({ id }) => id === trial) ?? []);
  const trouble = troubleOf(one, played);
  const isBrokered = played.some(({ protocol }) => hasBroker(protocol));
  const cost = trouble === null ? costOf(played) : null;
  const rates = (cost?.rates ?? []).map((rate) => formatCount(rate)).join(', ');
  const at = trouble ?? `${rates}/s (25, 50, 75 % of ${formatCount(one.ratePerSecond ?? 0)}/s)`;
  return {
    cells: [
      label,
      at,
      slopeText(cost?.coreHours ?? null, hoursText),
      slopeText(cost?.bytes ?? null, formatBytes),
      isBrokered ? slopeText(cost?.writtenBytes ?? null, formatBytes) : '–',
      isBrokered ? (cost?.idle == null ? '?' : hoursText(cost.idle)) : '–',
      ...(prices === null ? [] : [moneyText(cost, prices, isBrokered)]),
    ],
    status: trouble === null ? 'valid' : 'suspect',
  };
}

/** Why there is no figure; null: there is one. */
function troubleOf({ cost = [], ratePerSecond }: CapacityResult, played: readonly TrialResult[]): string | null {
  if (ratePerSecond === null) return 'no highest rate was found';
  if (cost.length < costShares.length || played.length < cost.length) return 'not all three rates were played';
  if (played.some(({ verdict }) => verdict.status === 'invalid')) return 'a trial was invalid';
  const { offered, ok } = totalCounts(played);
  return ok < offered * leastOk ? 'operations failed' : null;
}
const leastOk = 0.99;

function costOf(played: readonly TrialResult[]): Cost {
  const loads = played.map((trial) => ({ trial, perSecond: perSecondOf(trial) }));
  const points = (of: (trial: TrialResult) => number | null) =>
    loads.map(({ trial, perSecond }) => {
      const each = of(trial);
      return { rate: perSecond, used: each === null ? null : each * perSecond };
    });
  const million = (slope: Slope | null, unit: number): Slope | null =>
    slope && { value: slope.value * unit, low: slope.low * unit, high: slope.high * unit };
  const idle = played.flatMap(({ brokerUse }) => brokerUse?.idleUsPerSecond ?? []);
  return {
    rates: loads.map(({ perSecond }) => perSecond),
    coreHours: million(slopeOf(points(systemCpuUs)), 1 / 3_600),
    bytes: million(slopeOf(points(({ wire }) => wire.bytesPerOperation)), 1e6),
    writtenBytes: million(slopeOf(points(writtenPerOperation)), 1e6),
    idle: idle.length === 0 ? null : Math.max(...idle) / 1e6,
  };
}

function loadedMs({ phases }: TrialResult): number {
  return (['steady', 'before', 'during', 'after'] as const).reduce(
    (sum, name) => sum + (phases[name]?.durationMs ?? 0),
    0,
  );
}

function perSecondOf(trial: TrialResult): number {
  return (totalCounts([trial]).offered * 1e3) / loadedMs(trial);
}

function systemCpuUs({ cpu, protocol }: TrialResult): number | null {
  const { serviceUsPerOperation, brokerUsPerOperation } = cpu;
  if (serviceUsPerOperation === null || (hasBroker(protocol) && brokerUsPerOperation === null)) return null;
  return serviceUsPerOperation + (brokerUsPerOperation ?? 0);
}

function writtenPerOperation(trial: TrialResult): number | null {
  const written = trial.brokerUse?.writtenBytes ?? null;
  const { offered } = totalCounts([trial]);
  return written === null || offered === 0 ? null : written / offered;
}

/** Least squares; null: one is not known, or they do not rise. */
function slopeOf(points: readonly { readonly rate: number; readonly used: number | null }[]): Slope | null {
  const known = points
    .flatMap(({ rate, used }) => (used === null ? [] : [{ rate, used }]))
    .sort((a, b) => a.rate - b.rate);
  if (known.length < points.length || known.length < costShares.length) return null;
  const mean = (of: (point: (typeof known)[number]) => number) =>
    known.reduce((sum, point) => sum + of(point), 0) / known.length;
  const [rate, used] = [mean((point) => point.rate), mean((point) => point.used)];
  const spread = known.reduce((sum, point) => sum + (point.rate - rate) ** 2, 0);
  const value = known.reduce((sum, point) => sum + (point.rate - rate) * (point.used - used), 0) / spread;
  const steps = known.slice(1).map((point, n) => {
    const before = known[n] as (typeof known)[number];
    return (point.used - before.used) / (point.rate - before.rate);
  });
  return value > 0 && Number.isFinite(value) ? { value, low: Math.min(...steps), high: Math.max(...steps) } : null;
}

function slopeText(slope: Slope | null, format: (value: number) => string): string {
  if (slope === null) return '?';
  const low = slope.low <= 0 ? '≤ 0' : format(slope.low);
  return `${format(slope.value)} (${low} – ${format(slope.high)})`;
}

function hoursText(hours: number): string {
  return hours >= 10 ? formatCount(hours) : Number(hours.toPrecision(3)).toString();
}

/** The sum of what has a price; `?` where a part of it is not known. */
function moneyText(cost: Cost | null, prices: Prices, isBrokered: boolean): string {
  const gigabytes = (slope: Slope | null | undefined) => (slope == null ? null : slope.value / 1e9);
  const parts: [number | null, number | undefined][] = [
    [cost?.coreHours?.value ?? null, prices.coreHour],
    [gigabytes(cost?.bytes), prices.gigabyte],
    ...(isBrokered
      ? [[gigabytes(cost?.writtenBytes), prices.writtenGigabyte] as [number | null, number | undefined]]
      : []),
  ];
  const priced = parts.filter(([, price]) => price !== undefined);
  if (priced.some(([amount]) => amount === null)) return '?';
  const sum = priced.reduce((total, [amount, price]) => total + (amount ?? 0) * (price ?? 0), 0);
  return sum >= 1 ? sum.toFixed(2) : Number(sum.toPrecision(2)).toString();
}
