import { describe, expect, it } from 'vitest';
import type { Prices, RunResult, TrialResult } from '../../result/result-types.ts';
import { fixtureResult, fixtureTrial } from '../fixtures/fixture-result.ts';
import type { FixtureTarget } from '../fixtures/fixture-targets.ts';
import { fullTitles } from '../text/table.ts';
import { millionCostTable } from './million-cost.ts';

const rates = [200, 400, 600];
/** Awake whatever the rate, µs of CPU a second; and for each operation. */
const planted = { awakeUsPerSecond: 90_000, serviceUs: 72, brokerUs: 36, bytes: 1_500, writtenBytes: 2_048 };

/** At `rate` for 15 s: what is used is `awake + rate × each`. */
function played(target: FixtureTarget, rate: number, change: Partial<TrialResult> = {}): TrialResult {
  const base = fixtureTrial(target, 'calm');
  const offered = rate * 15;
  const counts = { offered, ok: offered, rejected: 0, failed: 0, timedOut: 0, dropped: 0, attempts: offered };
  const steady = base.phases.steady;
  if (steady === undefined) throw new Error('no steady phase');
  const isBrokered = target === 'queue' || target === 'stream';
  return {
    ...base,
    ...{ id: `${target}-${rate}`, purpose: 'probe', phases: { steady: { ...steady, counts } } },
    cpu: {
      ...base.cpu,
      serviceUsPerOperation: planted.serviceUs + planted.awakeUsPerSecond / rate,
      brokerUsPerOperation: isBrokered ? planted.brokerUs : null,
    },
    wire: { ...base.wire, bytesPerOperation: planted.bytes },
    ...(isBrokered && {
      brokerUse: { writtenBytes: planted.writtenBytes * offered, idleUsPerSecond: 20_000 },
    }),
    ...change,
  };
}

function costResult(trials: readonly TrialResult[], target: FixtureTarget, prices?: Prices): RunResult {
  return fixtureResult({
    trials,
    capacity: [
      {
        ...{ target, condition: 'calm', slo: ['p90 < 50ms'], ratePerSecond: 800, ended: 'confirmed' },
        ...{ missedPerSecond: null, limit: null, probes: [] },
        cost: rates.map((ratePerSecond) => ({
          trial: `${target}-${ratePerSecond}`,
          share: ratePerSecond / 800,
          ratePerSecond,
        })),
      },
    ],
    ...(prices && { prices }),
  });
}

function rowOf(result: RunResult): Record<string, string> {
  const table = millionCostTable(result);
  if (table === null) throw new Error('no table');
  return Object.fromEntries(fullTitles(table).map((title, n) => [title, table.rows[0]?.cells[n] ?? '']));
}

const all = (target: FixtureTarget) => rates.map((rate) => played(target, rate));

describe('what a million operations cost', () => {
  it('is the slope over the three rates: what a part takes for being awake is not in it', () => {
    expect(rowOf(costResult(all('rest'), 'rest'))).toMatchObject({
      at: '200, 400, 600/s (25, 50, 75 % of 800/s)',
      'core-hours': '0.02 (0.02 – 0.02)', // 72 µs × 10⁶
      'written by the broker': '–',
    });
  });

  it('counts the broker, and what it writes; what it takes when idle stands apart', () => {
    const row = rowOf(costResult(all('queue'), 'queue'));
    expect(row).toMatchObject({ 'core-hours': '0.03 (0.03 – 0.03)', 'idle broker, core-hours an hour': '0.02' });
    expect(row['written by the broker']).toMatch(/^1953 MiB|^1,953 MiB/);
  });

  it('is no figure without all three rates, with one that was invalid, or with operations that failed', () => {
    const two = costResult(all('rest').slice(1), 'rest');
    expect(rowOf(two)).toMatchObject({ at: 'not all three rates were played', 'core-hours': '?' });
    const invalid = all('rest').map((trial, n) =>
      n === 1 ? { ...trial, verdict: { status: 'invalid' as const, reasons: [] } } : trial,
    );
    expect(rowOf(costResult(invalid, 'rest'))).toMatchObject({ at: 'a trial was invalid', 'core-hours': '?' });
  });

  it('is unknown where a part of it is', () => {
    const unknown = all('queue').map((trial) => ({ ...trial, cpu: { ...trial.cpu, brokerUsPerOperation: null } }));
    expect(rowOf(costResult(unknown, 'queue'))['core-hours']).toBe('?');
    const unwritten = all('queue').map(({ brokerUse: _, ...trial }) => trial);
    expect(rowOf(costResult(unwritten, 'queue'))).toMatchObject({
      'written by the broker': '?',
      'idle broker, core-hours an hour': '?',
    });
  });

  it('is not shown where nobody asked for it', () => {
    expect(millionCostTable(fixtureResult())).toBeNull();
  });
});

describe('in money', () => {
  it('is what the reader pays, and never guessed', () => {
    expect(Object.keys(rowOf(costResult(all('rest'), 'rest'))).join()).not.toMatch(/EUR|USD/);
    const row = rowOf(costResult(all('rest'), 'rest', { currency: 'EUR', coreHour: 10, gigabyte: 1 }));
    expect(row['EUR a million']).toBe('1.70'); // 0.02 core-hours and 1.5 GB
  });

  it('is unknown where something that has a price is', () => {
    const unwritten = all('queue').map(({ brokerUse: _, ...trial }) => trial);
    const prices = { currency: 'EUR', coreHour: 10, writtenGigabyte: 1 };
    expect(rowOf(costResult(unwritten, 'queue', prices))['EUR a million']).toBe('?');
    expect(rowOf(costResult(all('queue'), 'queue', prices))['EUR a million']).toBe('2.35');
  });
});
