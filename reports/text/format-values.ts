/** Figures as people read them; the same in every report. */
import { type PercentileName, percentileGap } from '../../result/latency-summary.ts';
import type { Counts, LatencySummary } from '../../result/result-types.ts';

/** Three significant digits with the unit that fits: 87 µs, 1.24 ms, 40.9 ms, 2.05 s. */
export function formatUs(us: number): string {
  if (us < 999.5) return `${Math.round(us)} µs`;
  if (us < 999_500) return `${significant(us / 1e3)} ms`;
  return `${significant(us / 1e6)} s`;
}

function significant(value: number): string {
  return value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** `41.0–45.2 ms`, the unit once where both have the same. */
export function formatRange(lowUs: number, highUs: number): string {
  const [low, high] = [formatUs(lowUs), formatUs(highUs)];
  const [value, unit] = low.split(' ');
  return high.endsWith(` ${unit}`) ? `${value}–${high}` : `${low} – ${high}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  return bytes < 1024 ** 2 ? `${significant(bytes / 1024)} KiB` : `${significant(bytes / 1024 ** 2)} MiB`;
}

/** With thousands separators. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-GB');
}

/** `1,500/s`, and of what is rare one digit more: `1.5/s`. */
export function formatRate(perSecond: number): string {
  return `${perSecond < 10 ? Number(perSecond.toFixed(1)) : formatCount(perSecond)}/s`;
}

export function formatKnownCount(count: number | null): string {
  return count === null ? 'not known' : formatCount(count);
}

/** `1.00×`; `–` where there is none. */
export function formatFactor(factor: number | null): string {
  return factor === null ? '–' : `${significant(factor)}×`;
}

/** One value ÷ another: `1.24`, `0.31`, and of what is far less two digits, `0.013`. */
export function formatRatio(ratio: number): string {
  return ratio > 0 && ratio < 0.0995 ? ratio.toPrecision(2) : ratio.toFixed(2);
}

/** `0`, `0.3 %`, `31 %`; never 0 for something and never 100 for less than all. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0';
  const percent = (part / whole) * 100;
  if (percent < 0.1) return '< 0.1 %';
  return part < whole && percent > 99.9 ? '> 99.9 %' : `${percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

export type Percentile = PercentileName | 'min' | 'mean' | 'max';

/**
 * A percentile, or why there is none: `–` nothing was measured, `too few` samples beyond it, `not reached (31 % failed)`:
 * it falls among operations that never completed.
 */
export function formatPercentile(summary: LatencySummary | undefined, percentile: Percentile, counts?: Counts): string {
  if (summary === undefined || summary.count === 0) return '–';
  const us = summary[percentile];
  if (us !== null && us !== undefined) return formatUs(us);
  if (percentile === 'min' || percentile === 'mean' || percentile === 'max') return 'not reached';
  if (percentileGap(percentile, summary) === 'tooFew') return 'too few';
  return counts === undefined
    ? 'not reached'
    : `not reached (${formatShare(counts.offered - counts.ok, counts.offered)} failed)`;
}

export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  return seconds < 120
    ? `${(ms / 1_000).toFixed(ms < 9_950 ? 1 : 0)} s`
    : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** In no currency: `12,340.00`. */
export function formatAmount(cents: number): string {
  const amount = Math.abs(cents);
  return `${cents < 0 ? '−' : ''}${formatCount(Math.trunc(amount / 100))}.${String(amount % 100).padStart(2, '0')}`;
}
