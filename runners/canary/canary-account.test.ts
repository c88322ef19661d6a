import { describe, expect, it } from 'vitest';
import { CanaryAccount, canaryFigures } from './canary-account.ts';

/** `n` canaries whose send lag is `lag(i)` and whose way back takes `read(i)`, µs. */
function account(n: number, lag: (index: number) => number, read: (index: number) => number) {
  const canaries = new CanaryAccount();
  for (let index = 0; index < n; index++) {
    const dueUs = 1e9 + index * 20_000;
    const takenUpUs = dueUs + lag(index);
    const sentUs = takenUpUs + 1_200;
    canaries.record(dueUs, takenUpUs, sentUs, sentUs + read(index));
  }
  return canaries.toData();
}

describe('canaryFigures', () => {
  it('is nothing but the floor where every canary takes as long and none is late', () => {
    const figures = canaryFigures([
      account(
        2_000,
        () => 0,
        () => 40,
      ),
    ]);
    expect(figures).toEqual({ count: 2_000, floorUs: 40, p50Us: 0, p90Us: 0, p99Us: 0 });
  });

  it('is the send lag plus the way back, less the fastest way back', () => {
    const figures = canaryFigures([
      account(
        2_000,
        () => 100,
        (index) => (index === 7 ? 30 : 80),
      ),
    ]);
    expect(figures).toMatchObject({ floorUs: 30, p50Us: 150, p90Us: 150, p99Us: 150 });
  });

  it('leaves the time out that the echo took, its waking up included', () => {
    const canaries = new CanaryAccount();
    for (let index = 0; index < 100; index++) canaries.record(0, 0, 5e5, 5e5 + 50);
    expect(canaryFigures([canaries.toData()])).toMatchObject({ floorUs: 50, p50Us: 0, p90Us: 0 });
  });

  it('has the percentiles of the errors, not of one half of them', () => {
    // One in twenty is taken up 10 ms late, another one in twenty read 20 ms late; never both.
    const data = account(
      2_000,
      (index) => (index % 20 === 0 ? 10_000 : 0),
      (index) => (index % 20 === 10 ? 20_020 : 20),
    );
    const { p50Us, p90Us, p99Us } = canaryFigures([data]) ?? {};
    expect(p50Us).toBe(0);
    expect(p90Us).toBe(0);
    expect(Math.abs((p99Us ?? 0) - 20_000)).toBeLessThan(100);
  });

  it('takes the floor from the warm-up too, and nothing else from there', () => {
    const canaries = new CanaryAccount();
    canaries.record(0, 90_000, 95_000, 95_020, false);
    for (let index = 0; index < 100; index++) canaries.record(0, 0, 1_000, 1_060);
    expect(canaryFigures([canaries.toData()])).toMatchObject({ count: 100, floorUs: 20, p50Us: 40, p90Us: 40 });
  });

  it('takes the floor over all load workers', () => {
    const fast = account(
      100,
      () => 0,
      () => 25,
    );
    const slow = account(
      900,
      () => 0,
      () => 125,
    );
    expect(canaryFigures([fast, slow])).toMatchObject({
      count: 1_000,
      floorUs: 25,
      p50Us: 100,
      p90Us: 100,
      p99Us: 100,
    });
  });

  it('states no percentile with fewer than ten canaries beyond it', () => {
    const of = (n: number) =>
      canaryFigures([
        account(
          n,
          () => 5,
          () => 30,
        ),
      ]);
    expect(of(19)).toMatchObject({ count: 19, p50Us: null, p90Us: null, p99Us: null });
    expect(of(20)).toMatchObject({ p50Us: 5, p90Us: null });
    expect(of(100)).toMatchObject({ p90Us: 5, p99Us: null });
    expect(of(999)?.p99Us).toBeNull();
    expect(of(1_000)?.p99Us).toBe(5);
  });

  it('knows nothing where none came back', () => {
    expect(canaryFigures([])).toBeNull();
    expect(canaryFigures([new CanaryAccount().toData()])).toBeNull();
  });
});
