import { describe, expect, it } from 'vitest';
import type { FaultResult, RunResult, TrialResult } from '../../result/result-types.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { crossingSentence, crossingTable } from './crossing.ts';

const fixture = fixtureResult();
const find = (condition: string) =>
  fixture.trials.find((trial) => trial.target === 'stream' && trial.condition === condition) as TrialResult;
const valid = { status: 'valid', reasons: [] } as const;
const calm = { ...find('calm'), verdict: valid };
const faulty = { ...find('slow-network'), verdict: valid };
const fault = faulty.faults[0] as FaultResult;

/** The p90 of placeOrder in every phase; null: not reached. */
function trial(condition: string, variant: TrialResult['variant'], p90Ms: number | null): TrialResult {
  const thin = /^(\d+)-mbps$/.exec(condition)?.[1];
  const like = condition === 'calm' ? calm : faulty;
  const faults =
    thin === undefined ? [] : [{ ...fault, fault: 'bandwidth', settings: { bytesPerSecond: +thin * 1e6 } }];
  const phases = Object.entries(like.phases).map(([name, phase]) => {
    const { placeOrder } = phase.operations;
    if (placeOrder === undefined) return [name, phase];
    const offered = { ...placeOrder.latencyUs.offered, count: 2_000, p90: p90Ms === null ? null : p90Ms * 1e3 };
    const latencyUs = { ...placeOrder.latencyUs, offered };
    const within = p90Ms === null ? {} : { p90: [p90Ms * 950, p90Ms * 1_050] as const };
    return [
      name,
      { ...phase, operations: { placeOrder: { ...placeOrder, latencyUs, withinRunUs: { offered: within } } } },
    ];
  });
  const id = `${condition}-${Object.values(variant).join('-')}`;
  return { ...like, id, condition, variant, faults, phases: Object.fromEntries(phases) };
}

function result(trials: readonly TrialResult[]): RunResult {
  const { primary: _, ...plan } = fixture.plan;
  return { ...fixture, plan: { ...plan, conditions: {} }, trials };
}

const on = (condition: string, none: number | null, lz4: number | null) => [
  trial(condition, { compression: 'none', linger: '0ms' }, none),
  trial(condition, { compression: 'lz4', linger: '0ms' }, lz4),
];
const cells = (...trials: TrialResult[]) => crossingTable(result(trials))?.rows.map((row) => row.cells);

describe('where compression pays', () => {
  it('is told by line, the widest first', () => {
    const all = result([...on('1-mbps', 100, 10), ...on('calm', 2, 3), ...on('4-mbps', 4, 4.2)]);
    const table = crossingTable(all);
    expect(table?.columns.map(({ title }) => title)).toEqual(['setting', 'calm', '4 MB/s', '1 MB/s', 'it pays']);
    expect(table?.title).toContain('offered p90 of placeOrder');
    expect(table?.rows[0]?.cells).toEqual([
      'stream compression=lz4',
      '1.50×',
      '1.05×',
      '0.10×',
      'at 1 MB/s and below, not told apart at 4 MB/s',
    ]);
    expect(crossingSentence(all)).toBe(
      'Compression pays – stream with lz4 at 1 MB/s and below, not told apart at 4 MB/s.',
    );
  });

  it('goes by the best of all other settings, with and without', () => {
    const more = trial('1-mbps', { compression: 'none', linger: '40ms' }, 20);
    expect(cells(...on('calm', 2, 2), ...on('1-mbps', 100, 10), more)?.[0]?.[2]).toBe('0.50×');
  });

  it('takes what was not reached for infinitely late', () => {
    expect(cells(...on('calm', 2, 2), ...on('1-mbps', null, 10))?.[0]?.slice(2)).toEqual([
      'without it: not reached',
      'at 1 MB/s and below, not told apart at calm',
    ]);
    expect(cells(...on('calm', 2, 2), ...on('1-mbps', 10, null))?.[0]?.slice(2)).toEqual([
      'not reached',
      'on none of these lines',
    ]);
  });

  it('says so where it pays on all lines, on none, or here and there', () => {
    const says = (...trials: TrialResult[]) => cells(...trials)?.[0]?.at(-1);
    expect(says(...on('calm', 2, 0.9), ...on('1-mbps', 9, 1))).toBe('on all of these lines');
    expect(says(...on('calm', 2, 2.1), ...on('1-mbps', 9, 8.5))).toBe('on none of these lines');
    expect(says(...on('calm', 2, 0.9), ...on('4-mbps', 4, 5), ...on('1-mbps', 9, 1))).toBe('on calm and 1 MB/s only');
    expect(says(...on('calm', 2, 0.9), ...on('1-mbps', 9, 9))).toBe('on calm only');
    expect(says(...on('calm', 2, 4.1), ...on('1-mbps', 9, 1))).toBe('at 1 MB/s and below, not at calm');
  });

  it('tells nothing of one repeat whose intervals are not known, or too near', () => {
    const bare = ({ phases, ...rest }: TrialResult): TrialResult => ({
      ...rest,
      phases: Object.fromEntries(
        Object.entries(phases).map(([name, phase]) => {
          const operations = Object.entries(phase.operations).map(([one, { withinRunUs: _, ...known }]) => [
            one,
            known,
          ]);
          return [name, { ...phase, operations: Object.fromEntries(operations) }];
        }),
      ),
    });
    expect(cells(...[...on('calm', 2, 2), ...on('1-mbps', 100, 10)].map(bare))?.[0]?.at(-1)).toBe(
      'on none of these lines',
    );
    expect(cells(...on('calm', 2, 2), ...on('1-mbps', 16, 10))?.[0]?.at(-1)).toBe('on none of these lines');
  });

  it('goes by the interval where there are repeats, however close to 1', () => {
    const repeated = (condition: string, none: number, lz4: number) =>
      [1, 2, 3, 4, 5].flatMap((repeat) =>
        on(condition, none * (1 + repeat / 10), lz4 * (1 + repeat / 9.9)).map((one) => ({ ...one, repeat })),
      );
    const of = (...trials: TrialResult[]) => {
      const one = result(trials);
      return crossingTable({ ...one, plan: { ...one.plan, repeats: 5 } });
    };
    const table = of(...repeated('calm', 2, 2.2), ...repeated('1-mbps', 10, 8));
    expect(table?.rows[0]?.cells.at(-1)).toBe('at 1 MB/s and below, not at calm');
    expect(table?.title).not.toContain('noise');
  });

  it('does not leave out the repeats in which a latency was not reached', () => {
    const of = (lz4: readonly (number | null)[]) => {
      const trials = lz4.flatMap((p90Ms, n) =>
        [...on('calm', 2, 2), ...on('1-mbps', 100, p90Ms)].map((one) => ({ ...one, repeat: n + 1 })),
      );
      const one = result(trials);
      return crossingTable({ ...one, plan: { ...one.plan, repeats: lz4.length } })?.rows[0]?.cells.at(-1);
    };
    expect(of([10, 10, 10, null, null, null])).toBe('on none of these lines');
    expect(of([10, 11, 10, 12, 10])).toBe('at 1 MB/s and below, not told apart at calm');
  });

  it('says that suspect trials are among those compared', () => {
    const doubted = on('1-mbps', 100, 10).map((one) => ({
      ...one,
      verdict: { status: 'suspect', reasons: [] } as const,
    }));
    const all = result([...on('calm', 2, 2), ...doubted]);
    expect(crossingTable(all)?.rows[0]?.status).toBe('suspect');
    expect(crossingSentence(all)).toContain('not told apart at calm (suspect trials among them).');
  });

  it('holds lines of one direction beside each other, each bandwidth once', () => {
    const turned = (condition: string, direction: string) =>
      on('1-mbps', 100, 10).map((one) => ({
        ...one,
        condition,
        faults: one.faults.map((each) => ({ ...each, settings: { ...each.settings, direction } })),
      }));
    const table = crossingTable(
      result([...on('calm', 2, 2), ...turned('up', 'up'), ...turned('up-again', 'up'), ...turned('down', 'down')]),
    );
    expect(table?.columns.map(({ title }) => title)).toEqual(['setting', 'calm', '1 MB/s', 'it pays']);
  });

  it('is not asked without a line of limited bandwidth, or without anything uncompressed', () => {
    expect(crossingTable(result(on('calm', 2, 3)))).toBeNull();
    expect(crossingTable(result([...on('calm', 2, 3), ...on('flaky', 2, 3)]))).toBeNull();
    const packed = [...on('calm', 2, 3), ...on('1-mbps', 2, 3)].filter(({ variant }) => variant.compression !== 'none');
    expect(crossingTable(result(packed))).toBeNull();
    expect(crossingSentence(fixture)).toBeNull();
  });
});
