import { expect, it } from 'vitest';
import { BlockCounts } from './block-counts.ts';
import { calmTrialsOf, recoveryBlocks, sequenceOf, usualOf } from './recovery-blocks.ts';
import type { TrialResult } from './result-types.ts';

const blockMs = 250;

/** So many operations of that latency (ms) a block. */
function encoded(perBlock: number, ...latenciesMs: readonly number[]): string {
  const counts = new BlockCounts();
  latenciesMs.forEach((ms, block) => {
    for (let n = 0; n < perBlock; n++) counts.record(block, ms * 1e3);
  });
  return counts.encode();
}

interface Shape {
  readonly offered: string;
  readonly durationMs: number;
  readonly delivered?: string;
  readonly completion?: string;
}

function trial({ offered, durationMs, delivered, completion = 'acknowledged' }: Shape, change = {}): TrialResult {
  const operations = { placeOrder: { pattern: 'one-way', completion } };
  return {
    ...{ target: 'queue', engine: 'native', variant: {}, faults: [], verdict: { status: 'valid', reasons: [] } },
    phases: { steady: { durationMs, operations } },
    blocks: {
      blockMs,
      phases: { steady: { placeOrder: { offered } } },
      ...(delivered !== undefined && { happened: { placeOrder: { delivered } } }),
    },
    ...change,
  } as unknown as TrialResult;
}

const times = (count: number, ms: number) => Array.from({ length: count }, () => ms);
const calm = trial({ offered: encoded(100, ...times(40, 10)), durationMs: 10_000 });

it('takes what ends at a point for that point, and the later times by when they happened', () => {
  const one = trial({ offered: encoded(100, 10, 20), delivered: encoded(100, 30), durationMs: 500 });
  expect(sequenceOf(one, 'acknowledged')?.counts).toHaveLength(2);
  expect(sequenceOf(one, 'delivered')?.counts).toHaveLength(1);
  expect(sequenceOf(one, 'replied')).toBeNull();
  expect(sequenceOf({ ...one, blocks: undefined } as unknown as TrialResult, 'acknowledged')).toBeNull();
});

it('has p50, p90 and the share that was not ok of each block, wider ones where there are few operations', () => {
  const counts = new BlockCounts();
  for (let n = 0; n < 100; n++) counts.record(0, n < 80 ? 1_000 : n < 95 ? 100_000 : Number.POSITIVE_INFINITY);
  const one = trial({ offered: counts.encode(), durationMs: 500 });
  const [first, second] = recoveryBlocks(sequenceOf(one, 'acknowledged') ?? { widthMs: 1, counts: [] }, 1, 0, 500);
  const [p50 = 0, p90 = 0, notOk] = first?.figures ?? [];
  expect(p50 / 1_000).toBeGreaterThan(0.7);
  expect(p50 / 1_000).toBeLessThan(1.42);
  expect(p90 / 100_000).toBeGreaterThan(0.7);
  expect(p90 / 100_000).toBeLessThan(1.42);
  expect(notOk).toBe(0.05);
  expect(second?.figures).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1]);
  const rare = trial({ offered: encoded(30, ...times(100, 10)), durationMs: 25_000 });
  expect(usualOf(rare, [], 'acknowledged', 25_000)).toMatchObject({ of: 'before', join: 3 });
});

it('knows what is usual from calm trials, else from before, else not', () => {
  const faulted = trial({ offered: encoded(100, ...times(40, 10)), durationMs: 10_000 });
  expect(usualOf(faulted, [calm], 'acknowledged', 2_000)).toMatchObject({ of: 'calm', range: { longestOut: 1 } });
  expect(usualOf(faulted, [], 'acknowledged', 5_000)).toMatchObject({ of: 'before', range: { longestOut: 1 } });
  expect(usualOf(faulted, [], 'acknowledged', 4_750)?.range).toBeNull();
});

it('takes calm trials for no measure of one that was slower from the start', () => {
  const slower = trial({ offered: encoded(100, ...times(40, 30)), durationMs: 10_000 });
  expect(usualOf(slower, [calm], 'acknowledged', 5_000)?.of).toBe('before');
});

it('has room for what is told apart nowhere: 5 %, or what the instruments may be off by', () => {
  const canary = { p50Us: 4_000, p90Us: 9_000, p99Us: null };
  const highest = (verdict: object) => {
    const one = trial({ offered: encoded(100, ...times(40, 10)), durationMs: 10_000 }, { verdict });
    return usualOf(one, [], 'acknowledged', 10_000)?.range?.highest ?? [];
  };
  const [p50 = 0, p90 = 0] =
    recoveryBlocks(sequenceOf(calm, 'acknowledged') ?? { widthMs: 1, counts: [] }, 1, 0, 250)[0]?.figures ?? [];
  expect(highest({ status: 'valid', figures: { canary: null } })).toEqual([p50 * 1.05, p90 * 1.05, 0]);
  expect(highest({ status: 'valid', figures: { canary } })).toEqual([p50 + 4_000, p90 + 9_000, 0]);
});

it('takes trials without faults of the same target and settings for calm ones', () => {
  const variants = [{}, { variant: { linger: '5ms' } }, { target: 'rest' }, { faults: [{}] }, { purpose: 'probe' }];
  const all = variants.map((change) => trial({ offered: '', durationMs: 0 }, change));
  expect(calmTrialsOf(trial({ offered: '', durationMs: 0 }), all)).toEqual([all[0]]);
});
