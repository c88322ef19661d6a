import { describe, expect, it } from 'vitest';
import type { Counts, LatencySummaries, LatencySummary, PhaseResult, TrialResult } from './result-types.ts';
import { evaluateThresholds, parseThreshold } from './thresholds.ts';

const allOk: Counts = { offered: 1_000, ok: 1_000, rejected: 0, failed: 0, timedOut: 0, dropped: 0, attempts: 1_000 };

function latencies(offered: LatencySummary, delivered: LatencySummary = { count: 0 }): LatencySummaries {
  const none = { count: 0 };
  return {
    offered,
    delivered,
    response: none,
    service: none,
    connectionWait: none,
    sendLag: none,
    acknowledged: none,
    started: none,
    applied: none,
    failed: none,
    timedOut: none,
  };
}

const p99 = (us: number | null, count = 10_000): LatencySummary => ({
  count,
  min: 10,
  p50: us,
  p90: us,
  p99: us,
  p999: null,
  max: us,
});

function phase(offered: LatencySummary, counts: Counts = allOk, more: Partial<PhaseResult> = {}): PhaseResult {
  const latencyUs = latencies(offered);
  return {
    durationMs: 1_000,
    offeredPerSecond: counts.offered,
    goodputPerSecond: counts.ok,
    counts,
    latencyUs,
    operations: {
      placeOrder: { completion: 'acknowledged', pattern: 'one-way', counts, latencyUs: latencies(offered, offered) },
    },
    errors: {},
    ...more,
  };
}

const ledger = {
  acknowledged: 10,
  received: 10,
  applied: 10,
  lost: 0,
  unacknowledgedButApplied: 0,
  duplicatesReceived: 0,
  duplicatesApplied: 0,
  reordered: 0,
  corrupted: 0,
};

function trial(
  target: string,
  condition: string,
  phases: TrialResult['phases'],
  more: Partial<TrialResult> = {},
): TrialResult {
  return {
    id: `${target}-${condition}-1`,
    target,
    protocol: 'rest',
    condition,
    variant: {},
    repeat: 1,
    engine: 'native',
    model: 'open',
    startedAt: '2026-01-01T00:00:00.000Z',
    semantics: {},
    limitations: [],
    verdict: { status: 'valid', reasons: [] },
    phases,
    ledger,
    wire: { bytesUp: 1, bytesDown: 1, bytesPerOperation: 1_500 },
    cpu: {
      generatorUsPerOperation: 100,
      serviceUsPerOperation: 150.5,
      brokerUsPerOperation: null,
      proxyUsPerOperation: null,
    },
    faults: [],
    timeline: [],
    histograms: {},
    ...more,
  };
}

function evaluate(text: string, trials: readonly TrialResult[]) {
  const reading = parseThreshold(text);
  if (!reading.ok) throw new Error(reading.message);
  const [result] = evaluateThresholds([reading.threshold], trials);
  return { actual: result?.actual, status: result?.status, trial: result?.trial };
}

const restCalm = trial('rest', 'calm', { warmup: phase(p99(9e6)), steady: phase(p99(2_000)), drain: phase(p99(9e6)) });
const restSlow = trial('rest', 'slow', {
  before: phase(p99(2_000)),
  during: phase(p99(42_000)),
  after: phase(p99(3_000)),
});
const queueCalm = trial('queue', 'calm', { steady: phase(p99(8_000)) }, { ledger: { ...ledger, lost: 3 } });
const trials = [restCalm, restSlow, queueCalm];

describe('evaluateThresholds', () => {
  it('lets the worst matching trial decide, and leaves warm-up and drain out', () => {
    expect(evaluate('rest p99 < 10ms in calm', trials)).toEqual({
      actual: 2_000,
      status: 'pass',
      trial: 'rest-calm-1',
    });
    expect(evaluate('all p99 < 5ms in calm', trials)).toEqual({ actual: 8_000, status: 'fail', trial: 'queue-calm-1' });
    expect(evaluate('all p99 > 3ms in calm', trials)).toEqual({ actual: 2_000, status: 'fail', trial: 'rest-calm-1' });
  });

  it('looks at each phase by itself, or at those named', () => {
    expect(evaluate('rest p99 < 10ms in slow', trials)).toMatchObject({ actual: 42_000, status: 'fail' });
    expect(evaluate('rest p99 < 10ms in slow after', trials)).toMatchObject({ actual: 3_000, status: 'pass' });
    expect(evaluate('all p99 < 10ms in before after', trials)).toMatchObject({ actual: 3_000, status: 'pass' });
    expect(evaluate('rest p99 < 1s in warmup', trials)).toMatchObject({ actual: 9e6, status: 'fail' });
  });

  it('adds counts up over the phases', () => {
    expect(evaluate('rest ok == 3000 in slow', trials)).toMatchObject({ actual: 3_000, status: 'pass' });
    expect(evaluate('rest offered >= 2000 in before during', trials)).toMatchObject({ actual: 2_000, status: 'pass' });
  });

  it('knows the ledger and the wire of a trial', () => {
    expect(evaluate('all lost == 0', trials)).toEqual({ actual: 3, status: 'fail', trial: 'queue-calm-1' });
    expect(evaluate('rest lost == 0', trials)).toMatchObject({ actual: 0, status: 'pass' });
    expect(evaluate('rest bytesPerOperation < 1KiB', trials)).toMatchObject({ actual: 1_500, status: 'fail' });
    const waited = trials.map((trial) => ({
      ...trial,
      backlog: { counts: '', points: [], highest: { atMs: 1, messages: 812 }, redelivered: null, rebalances: null },
      memory: { generatorBytes: 300 * 1024 ** 2, serviceBytes: null, brokerBytes: null, proxyBytes: null },
    }));
    expect(evaluate('rest highestBacklog >= 800', waited)).toMatchObject({ actual: 812, status: 'pass' });
    expect(evaluate('rest highestBacklog >= 800', trials)).toMatchObject({ actual: null, status: 'noData' });
    expect(evaluate('rest generatorMemory < 200MiB', waited)).toMatchObject({ status: 'fail' });
    expect(evaluate('rest serviceMemory < 200MiB', waited)).toMatchObject({ status: 'noData' });
    expect(evaluate('rest cpuPerOperation < 0.25ms', trials)).toMatchObject({ actual: 250.5, status: 'fail' });
  });

  it('takes error ratios and goodput from the worst phase', () => {
    const counts = { ...allOk, ok: 900, failed: 60, timedOut: 40 };
    const failing = trial('rest', 'calm', { before: phase(p99(1)), during: phase(p99(1), counts) });
    expect(evaluate('rest errorRatio < 1%', [failing])).toMatchObject({ actual: 0.1, status: 'fail' });
    expect(evaluate('rest goodput > 950/s', [failing])).toMatchObject({ actual: 900, status: 'fail' });
    expect(evaluate('rest errorRatio <= 10%', [failing])).toMatchObject({ status: 'pass' });
  });

  it('limits a figure to an operation', () => {
    expect(evaluate('rest placeOrder delivered p99 < 10ms in calm', trials)).toMatchObject({
      actual: 2_000,
      status: 'pass',
    });
    expect(evaluate('rest getOrder p99 < 10ms', trials)).toMatchObject({ actual: null, status: 'noData' });
  });

  it('counts a percentile that was not reached as infinitely late', () => {
    const notReached = [trial('rest', 'calm', { steady: phase(p99(null)) })];
    expect(evaluate('rest p99 < 1h', notReached)).toEqual({ actual: null, status: 'fail', trial: 'rest-calm-1' });
    expect(evaluate('rest max < 1h', notReached)).toMatchObject({ actual: null, status: 'fail' });
    expect(evaluate('rest p99 > 1ms', notReached)).toMatchObject({ status: 'pass' });
  });

  it.each([
    ['no trial matches', 'stream p99 < 1s', trials],
    ['there are too few samples', 'rest p99 < 1s', [trial('rest', 'calm', { steady: phase(p99(null, 500)) })]],
    ['there are no samples', 'rest delivered p99 < 1s', [restCalm]],
    [
      'nothing was offered',
      'rest errorRatio < 1%',
      [trial('rest', 'calm', { steady: phase({ count: 0 }, { ...allOk, offered: 0, ok: 0 }) })],
    ],
    ['nobody keeps a ledger', 'rest lost == 0', [trial('rest', 'calm', {}, { ledger: { ...ledger, lost: null } })]],
    [
      'the trial is invalid',
      'rest p99 < 1s',
      [{ ...restCalm, verdict: { status: 'invalid', reasons: [] } } as TrialResult],
    ],
    [
      'one of two trials can not say',
      'all lost == 0',
      [restCalm, trial('grpc', 'calm', {}, { ledger: { ...ledger, lost: null } })],
    ],
  ])('has no data when %s', (_, text, given) => {
    expect(evaluate(text, given)).toMatchObject({ actual: null, status: 'noData' });
  });

  it('fails when one trial fails, whatever the others can say', () => {
    const unknown = trial('grpc', 'calm', {}, { ledger: { ...ledger, lost: null } });
    expect(evaluate('all lost == 0', [unknown, queueCalm])).toMatchObject({ actual: 3, status: 'fail' });
  });

  it('counts a suspect trial', () => {
    const suspect = { ...restCalm, verdict: { status: 'suspect', reasons: [] } } as TrialResult;
    expect(evaluate('rest p99 < 1s', [suspect])).toMatchObject({ status: 'pass' });
  });

  it('leaves a phase without any length out', () => {
    const empty = phase({ count: 0 }, { ...allOk, offered: 0, ok: 0 }, { durationMs: 0 });
    const atOnce = trial('rest', 'slow', { before: empty, during: phase(p99(1_000)), after: phase(p99(2_000)) });
    expect(evaluate('rest p99 < 1s', [atOnce])).toMatchObject({ actual: 2_000, status: 'pass' });
  });

  it('has no data of a phase that was asked for and never came: the part was not back within the load', () => {
    const empty = phase({ count: 0 }, { ...allOk, offered: 0, ok: 0 }, { durationMs: 0 });
    const neverBack = trial('queue', 'slow', { before: phase(p99(1_000)), during: phase(p99(9_000)), after: empty });
    expect(evaluate('all p99 < 1s in after', [restSlow, neverBack])).toMatchObject({ status: 'noData' });
    expect(evaluate('all p99 < 1ms in after', [restSlow, neverBack])).toMatchObject({ status: 'fail' });
    expect(evaluate('queue p99 < 1s', [neverBack])).toMatchObject({ status: 'pass' });
  });

  it('sums the CPU of all parts, and has no data where one of them is not known', () => {
    expect(evaluate('rest cpuPerOperation < 1ms', [restCalm])).toMatchObject({ actual: 250.5, status: 'pass' });
    const proxied = { ...restCalm, cpu: { ...restCalm.cpu, proxyUsPerOperation: 900 } }; // what the proxy takes is ours
    expect(evaluate('rest cpuPerOperation < 1ms', [proxied])).toMatchObject({ actual: 250.5, status: 'pass' });
    const foreign = trial('queue', 'calm', { steady: phase(p99(1_000)) }, { protocol: 'queue' });
    expect(evaluate('queue cpuPerOperation < 1ms', [foreign])).toMatchObject({ status: 'noData' });
    const own = { ...restCalm, cpu: { ...restCalm.cpu, serviceUsPerOperation: null } };
    expect(evaluate('rest cpuPerOperation < 1ms', [own])).toMatchObject({ status: 'noData' });
  });

  it('keeps expressions in their order', () => {
    const texts = ['rest lost == 0', 'queue lost == 0', 'stream lost == 0'];
    const thresholds = texts.map((text) => {
      const reading = parseThreshold(text);
      if (!reading.ok) throw new Error(reading.message);
      return reading.threshold;
    });
    const results = evaluateThresholds(thresholds, trials);
    expect(results.map(({ expression, status }) => [expression, status])).toEqual([
      ['rest lost == 0', 'pass'],
      ['queue lost == 0', 'fail'],
      ['stream lost == 0', 'noData'],
    ]);
  });
});
