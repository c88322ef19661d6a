import { describe, expect, it } from 'vitest';
import type { CalibrationResult } from '../../result/calibration-result.ts';
import type { Verdict } from '../../result/result-types.ts';
import { renderCalibration } from './calibration.ts';

const valid: Verdict = { status: 'valid', reasons: [] };
const busy = {
  code: 'otherWork',
  message: 'Programs that are no part of this run took 31.0 % of the machine’s CPU.',
  remedy: 'Wait.',
};
const suspect = (): Verdict => ({ status: 'suspect', reasons: [{ ...busy, status: 'suspect' }] });

const result: CalibrationResult = {
  ...{ schemaVersion: 1, status: 'complete', quick: false, loadAverageBefore: 3.5 },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', finishedAt: '2026-01-01T00:01:30.000Z' },
  environment: {
    ...{ cpu: 'A CPU', cores: 2, memoryBytes: 8e9, os: 'Linux', node: '24.0.0', versions: {}, gitCommit: null },
  },
  resolutions: [
    {
      ...{ protocol: 'rest', ratePerSecond: 500, durationMs: 4_000, p50Us: 251, p99Us: 1_240, verdict: valid },
      canary: { count: 198, floorUs: 24.2, p50Us: 61.3, p90Us: null, p99Us: null },
    },
  ],
  delays: [
    {
      ...{ protocol: 'rest', service: 'stall', told: 'stall 1 s', ratePerSecond: 1_000, durationMs: 10_000 },
      floorUs: 203,
      figures: [
        {
          ...{ quantile: 0.5, truthUs: 0, serviceUs: 141, recordedUs: 203 },
          ...{ error: null, errorBeyondFloor: null, errorToService: null },
        },
        {
          ...{ quantile: 0.95, truthUs: 500_000, serviceUs: 509_000, recordedUs: 510_000 },
          ...{ error: 0.02, errorBeyondFloor: 0.0196, errorToService: 0.00196 },
        },
        {
          ...{ quantile: 0.99, truthUs: 900_000, serviceUs: 890_000, recordedUs: null },
          ...{ error: null, errorBeyondFloor: null, errorToService: null },
        },
      ],
      slow: null,
      stall: { slowInService: 64, serviceP99Us: 8_000, connectionWaitP99Us: 847_000, sendLagP99Us: 1_400 },
      counts: { offered: 10_000, ok: 9_900, rejected: 0, failed: 0, timedOut: 100, dropped: 0, attempts: 10_000 },
      verdict: valid,
    },
  ],
  pacing: [
    {
      ...{ protocol: 'rest', ratePerSecond: 100, mode: 'spin', generatorCores: 0.12, generatorUsPerOperation: 1_190 },
      sendLagUs: { p50: 40, p99: null, max: 1_400 },
      verdict: suspect(),
    },
  ],
  highestRates: [
    {
      ...{ protocol: 'rest', ratePerSecond: 5_000, ended: 'notValid' },
      probes: [
        { ratePerSecond: 5_000, goodputPerSecond: 4_990, verdict: valid },
        { ratePerSecond: 10_000, goodputPerSecond: 9_000, verdict: suspect() },
      ],
    },
    {
      ...{ protocol: 'grpc', ratePerSecond: null, ended: 'notValid' },
      probes: [{ ratePerSecond: 1_000, goodputPerSecond: 1_000, verdict: suspect() }],
    },
  ],
};

/** One space between words, so that only what is said counts. */
const text = renderCalibration(result, { colour: false, width: 120 }).replace(/ +/g, ' ');

describe('a calibration on a terminal', () => {
  it('says each truth beside what the service did and what was recorded', () => {
    expect(text).toContain('stall 1 s p50 0 µs 141 µs 203 µs – – –');
    expect(text).toContain('stall 1 s p95 500 ms 509 ms 510 ms +2.0 % +2.0 % +0.2 %');
    expect(text).toContain('stall 1 s p99 900 ms 890 ms not reached – – –');
  });

  it('says what this machine tells apart, and not what too few canaries would say', () => {
    expect(text).toContain('rest 500/s 251 µs 1.24 ms 24 µs ± 61 µs too few 613 µs –');
  });

  it('shows where a stall went, and what was not ok in it', () => {
    expect(text).toContain('rest 10,000 100 64 8.00 ms 847 ms 1.40 ms');
  });

  it('gives no percentile of too few arrivals', () => {
    expect(text).toContain('100/s spin 40 µs too few 1.40 ms 0.12 1.19 ms suspect');
  });

  it('says of each highest rate what ended the search, and where there is none why', () => {
    expect(text).toContain('rest 5,000/s 4,990/s 10,000/s suspect: otherWork');
    expect(text).toContain('grpc not found – 1,000/s suspect: otherWork');
    expect(text).toContain(
      'otherWork: 3 trials, e.g. Programs that are no part of this run took 31.0 % of the machine’s CPU.',
    );
  });

  it('says that the machine was shared', () => {
    expect(text).toContain('3.5 – others were at work');
  });

  it('fits 80 columns', () => {
    const lines = renderCalibration(result, { colour: false, width: 80 }).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});
