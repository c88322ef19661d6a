/** What each variant of a target came to: the figures that stand against each other when a setting is chosen. */
import { cpuUsPerOperation } from '../../result/cpu-per-operation.ts';
import type { PhaseName, SettingValue, TrialResult, Verdict } from '../../result/result-types.ts';
import { settingsText } from '../../result/settings-text.ts';
import { formatBytes, formatRate, formatUs } from '../text/format-values.ts';
import type { ConditionGroup, Contender } from './result-view.ts';

export const figureNames = ['latency', 'goodput', 'cpu', 'bytes'] as const;
export type FigureName = (typeof figureNames)[number];

export interface VariantPoint {
  /** `linger=5ms, compression=zstd`, or `as written`. */
  readonly settings: string;
  readonly variant: Readonly<Record<string, SettingValue>>;
  readonly status: Verdict['status'];
  /** Medians over the repeats that count; null: not known, or not reached. µs, /s, µs, bytes. */
  readonly figures: Readonly<Record<FigureName, number | null>>;
}

export interface VariantSet {
  readonly target: string;
  readonly phase: PhaseName;
  /** The highest that all variants have. */
  readonly percentile: 'p99' | 'p90' | 'p50';
  /** In the order of the tables; two at least. */
  readonly points: readonly VariantPoint[];
}

/** One a target that was run in more than one variant. */
export function variantSets({ contenders, phases }: ConditionGroup): VariantSet[] {
  const phase = phases.find((name) => name === 'during') ?? phases[0];
  if (phase === undefined) return [];
  return [...Map.groupBy(contenders, ({ target }) => target)].flatMap(([target, variants]) => {
    if (variants.length < 2) return [];
    const percentile = highestPercentile(variants, phase);
    return [{ target, phase, percentile, points: variants.map((one) => pointOf(one, phase, percentile)) }];
  });
}

function highestPercentile(variants: readonly Contender[], phase: PhaseName): VariantSet['percentile'] {
  const all = variants.flatMap(({ counted }) => counted);
  const isKnown = (name: 'p99' | 'p90') => all.every(({ phases }) => phases[phase]?.latencyUs.offered[name] != null);
  return (['p99', 'p90'] as const).find(isKnown) ?? 'p50';
}

function pointOf({ counted, status }: Contender, phase: PhaseName, percentile: VariantSet['percentile']): VariantPoint {
  const middle = (of: (trial: TrialResult) => number | null | undefined) => medianOf(counted.map(of));
  const variant = counted[0]?.variant ?? {};
  return {
    settings: variantText(variant),
    variant,
    status,
    figures: {
      latency: middle(({ phases }) => phases[phase]?.latencyUs.offered[percentile]),
      goodput: middle(({ phases }) => phases[phase]?.goodputPerSecond),
      cpu: middle(cpuUsPerOperation),
      bytes: middle(({ wire }) => wire.bytesPerOperation),
    },
  };
}

export function variantText(variant: VariantPoint['variant']): string {
  return settingsText(variant) || 'as written';
}

/** null where any value is not known. */
export function medianOf(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => value !== null && value !== undefined).sort((a, b) => a - b);
  if (known.length === 0 || known.length < values.length) return null;
  const [low, high] = [known[Math.floor((known.length - 1) / 2)], known[Math.floor(known.length / 2)]];
  return ((low ?? 0) + (high ?? 0)) / 2;
}

export function figureTitle(name: FigureName, percentile: VariantSet['percentile']): string {
  return {
    latency: percentile,
    goodput: 'goodput/s by completion',
    cpu: 'CPU an operation',
    bytes: 'bytes an operation',
  }[name];
}

export function formatFigure(name: FigureName, value: number | null): string {
  if (value === null) return '–';
  if (name === 'goodput') return formatRate(value);
  return name === 'bytes' ? formatBytes(value) : formatUs(value);
}
