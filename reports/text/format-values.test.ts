import { expect, it } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatPercentile,
  formatRange,
  formatRate,
  formatRatio,
  formatShare,
  formatUs,
} from './format-values.ts';

it.each([
  [0, '0 µs'],
  [87.4, '87 µs'],
  [999.4, '999 µs'],
  [999.6, '1.00 ms'],
  [1_240, '1.24 ms'],
  [9_996, '10.0 ms'],
  [40_910, '40.9 ms'],
  [99_960, '100 ms'],
  [409_100, '409 ms'],
  [999_600, '1.00 s'],
  [2_049_000, '2.05 s'],
  [2_147_000_000, '2147 s'],
])('%d µs reads %s', (us, text) => {
  expect(formatUs(us)).toBe(text);
});

it('states the unit of a range once where it can', () => {
  expect([formatRange(41_000, 45_200), formatRange(900, 1_100), formatRange(5, 5)]).toEqual([
    '41.0–45.2 ms',
    '900 µs – 1.10 ms',
    '5–5 µs',
  ]);
});

it('tells why there is no percentile', () => {
  const counts = { offered: 1_000, ok: 690, rejected: 310, failed: 0, timedOut: 0, dropped: 0, attempts: 1_000 };
  expect(formatPercentile({ count: 1_000, p99: null }, 'p99', counts)).toBe('not reached (31 % failed)');
  expect(formatPercentile({ count: 500, p99: null }, 'p99', counts)).toBe('too few');
  expect(formatPercentile({ count: 0 }, 'p99')).toBe('–');
  expect(formatPercentile({ count: 5, max: null }, 'max')).toBe('not reached');
});

it('keeps of a rate of a few a second what lies between', () => {
  expect([1_499.6, 12.4, 1.5, 2, 0.04].map(formatRate)).toEqual(['1,500/s', '12/s', '1.5/s', '2/s', '0/s']);
});

it('gives a ratio two digits however small', () => {
  expect([1.236, 0.31, 0.0996, 0.0131, 0].map(formatRatio)).toEqual(['1.24', '0.31', '0.10', '0.013', '0.00']);
});

it('never rounds a share to nothing or to all', () => {
  expect([formatShare(0, 9), formatShare(1, 1e6), formatShare(999_999, 1e6), formatShare(9, 9)]).toEqual([
    '0',
    '< 0.1 %',
    '> 99.9 %',
    '100 %',
  ]);
});

it('keeps units of bytes and durations readable', () => {
  expect([formatBytes(900), formatBytes(1_536), formatBytes(5 * 1024 ** 2)]).toEqual(['900 B', '1.50 KiB', '5.00 MiB']);
  expect([formatDuration(250), formatDuration(3_000), formatDuration(15_000), formatDuration(185_000)]).toEqual([
    '250 ms',
    '3.0 s',
    '15 s',
    '3 min 5 s',
  ]);
});
