import { describe, expect, it } from 'vitest';
import { type ShownVersion, staleReads } from './stale-reads.ts';

const base = { key: 1, client: 0, isMeasured: true };
function change(version: number, sentUs: number, endedUs: number, more: Partial<ShownVersion> = {}): ShownVersion {
  return { ...base, isRead: false, version, sentUs, endedUs, ...more };
}
function read(version: number, sentUs: number, more: Partial<ShownVersion> = {}): ShownVersion {
  return { ...base, client: 1, isRead: true, version, sentUs, endedUs: sentUs + 1_000, ...more };
}

describe('a read', () => {
  it('is as old as the time for which the first newer version was acknowledged when it was sent', () => {
    const shown = [change(2, 0, 10_000), change(3, 20_000, 30_000), read(1, 50_000), read(2, 60_000), read(3, 70_000)];
    const { checked, reads, ageUs, illegal } = staleReads(shown, 35_000);
    expect({ checked, reads, illegal }).toEqual({ checked: 3, reads: 2, illegal: 1 });
    expect([ageUs.min, ageUs.max]).toEqual([30_000, 40_000]);
  });

  it('that was sent before the newer version was acknowledged is not stale, whatever it shows', () => {
    expect(staleReads([change(2, 0, 10_000), read(1, 9_999)], 0).reads).toBe(0);
    expect(staleReads([change(2, 0, 10_000), read(1, 10_001)], 0)).toMatchObject({ reads: 1, illegal: 1 });
  });

  it('of another key, and a change of one, say nothing', () => {
    expect(staleReads([change(2, 0, 10_000, { key: 2 }), read(1, 50_000)], 0).reads).toBe(0);
  });

  it('while the load warms up counts for nothing, and what changed then for all', () => {
    const shown = [
      change(2, 0, 10_000, { isMeasured: false }),
      read(1, 20_000, { isMeasured: false }),
      read(1, 30_000),
    ];
    expect(staleReads(shown, 1e6)).toMatchObject({ checked: 1, reads: 1, illegal: 0 });
  });

  it('of what nobody changes says so: a new order has overtaken none', () => {
    const shown = [change(1, 0, 10_000), read(1, 20_000)];
    expect(staleReads(shown, 0)).toMatchObject({ checked: 1, changes: 0, reads: 0 });
    expect(staleReads([...shown, change(2, 30_000, 40_000)], 0)).toMatchObject({ checked: 1, changes: 1, reads: 0 });
  });

  it('shows versions of 32 bits in their order', () => {
    const most = 2 ** 32 - 1;
    expect(staleReads([change(most, 0, 10_000), read(most - 1, 20_000), read(most, 20_000)], 0).reads).toBe(1);
  });
});

describe('one client', () => {
  it('is led back by an older version than a read of its own had shown before', () => {
    const shown = [read(5, 0), read(4, 2_000), read(5, 4_000), read(4, 6_000, { client: 2 })];
    expect(staleReads(shown, 0).backwards).toBe(1);
  });

  it('is not led back by reads that were on their way together', () => {
    expect(staleReads([read(5, 0), read(4, 500)], 0).backwards).toBe(0);
  });

  it('misses what it was told that it had changed', () => {
    const own = { client: 1 };
    expect(staleReads([change(2, 0, 1_000, own), read(1, 2_000)], 1e6)).toMatchObject({ ownUnread: 1, backwards: 0 });
    expect(staleReads([change(2, 0, 1_000), read(1, 2_000)], 1e6)).toMatchObject({ ownUnread: 0, reads: 1 });
  });
});

it('percentiles of all reads count those that are not stale as 0', () => {
  const shown = [change(2, 0, 1), ...Array.from({ length: 100 }, (_, n) => read(n < 80 ? 2 : 1, 1_000 + n))];
  const { overallUs, ageUs } = staleReads(shown, 0);
  expect(overallUs).toMatchObject({ count: 100, p50: 0 });
  expect(overallUs.p90).toBeGreaterThan(1_000);
  expect(ageUs.count).toBe(20);
});
