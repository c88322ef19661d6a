import { describe, expect, it } from 'vitest';
import type { DrainSpan } from '../../result/backlog.ts';
import { DrainAccount } from './drain-account.ts';
import { OperationLog } from './operation-log.ts';

/** Warm-up ends at 1 s; the backlog is worked off from 2 s to 4 s after that. */
const warmupEndUs = 1_000_000;
const span: DrainSpan = { fromMs: 2_000, untilMs: 4_000, isDrained: true, highest: 500, left: 3 };
const at = (ms: number) => warmupEndUs + ms * 1e3;

function accountOf(own: Partial<DrainSpan> = {}) {
  return new DrainAccount({ ...span, ...own }, (atUs) => (atUs - warmupEndUs) / 1e3);
}

/** By intended start, milliseconds after the end of warm-up. */
function offered(...startsMs: readonly number[]) {
  const log = new OperationLog(0, true);
  for (const startMs of startsMs) log.append(at(startMs), 0, 0, 0);
  return log.toData();
}

const every10Ms = Array.from({ length: 100 }, (_, n) => 2_000 + n * 10);

describe('a backlog worked off', () => {
  it('counts what was delivered within it, whenever it was offered, and nothing else', () => {
    const account = accountOf();
    for (const [ms, afterMs] of [
      [1_999, 10],
      [2_000, 1_500],
      [3_999, 2_500],
      [4_000, 10],
    ] as const)
      account.delivered(at(ms), afterMs * 1e3);
    const result = account.result([offered()], ['one-way']);
    expect(result).toMatchObject({ fromMs: 2_000, toMs: 4_000, highest: 500, left: 3, deliveredPerSecond: 1 });
  });

  it('tells of those offered meanwhile how long they took, also when they came after it', () => {
    const account = accountOf();
    every10Ms.forEach((startMs, n) => {
      account.delivered(at(startMs + n + 1), (n + 1) * 1e3);
    });
    account.delivered(at(2_500), 900e3); // offered before
    const { live } = account.result([offered(1_600, ...every10Ms)], ['one-way']);
    expect(live).toEqual({ offered: 100, delivered: 100, p50Us: 50_000, p99Us: null });
  });

  it('takes one that never came for infinitely late: a percentile that falls on it is not known', () => {
    const account = accountOf();
    for (const startMs of every10Ms.slice(0, 40)) account.delivered(at(startMs + 1), 1e3);
    const { live } = account.result([offered(...every10Ms)], ['one-way']);
    expect(live).toEqual({ offered: 100, delivered: 40, p50Us: null, p99Us: null });
  });

  it('has a p99 from a thousand on', () => {
    const account = accountOf();
    const starts = Array.from({ length: 1_000 }, (_, n) => 2_000 + n);
    starts.forEach((startMs, n) => {
      account.delivered(at(startMs) + n + 1, n + 1);
    });
    const { live } = account.result([offered(...starts)], ['one-way']);
    expect(live).toMatchObject({ offered: 1_000, p50Us: 500, p99Us: 990 });
  });

  it('takes those of all workers together', () => {
    const { live } = accountOf().result([offered(1_999, 2_000), offered(3_999, 4_000)], ['one-way']);
    expect(live.offered).toBe(2);
  });

  it('has no end where it was not worked off, and no rate where it was looked at once', () => {
    const result = accountOf({ untilMs: 2_000, isDrained: false, left: 500 }).result([offered()], ['one-way']);
    expect(result).toMatchObject({ toMs: null, deliveredPerSecond: null, highest: 500, left: 500 });
  });
});
