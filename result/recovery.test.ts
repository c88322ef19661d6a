import { describe, expect, it } from 'vitest';
import {
  type FaultSpan,
  faultSpanOf,
  firstOkAfter,
  medianRecovery,
  type Recovery,
  type RecoveryBlock,
  recoveryIn,
  usualRange,
} from './recovery.ts';
import type { FaultResult, TimelinePoint } from './result-types.ts';

const widthMs = 250;
/** One figure a block, from the end of warm-up; 10 is usual. */
const blocksOf = (...figures: number[]): RecoveryBlock[] =>
  figures.map((figure, n) => ({ fromMs: n * widthMs, toMs: (n + 1) * widthMs, figures: [figure] }));
const times = (count: number, figure: number) => Array.from({ length: count }, () => figure);
const usual = usualRange([blocksOf(...times(40, 10))]);
/** 1,000–2,000 ms: blocks 4 to 7. */
const span: FaultSpan = { beginsAtMs: 1_000, overAtMs: 2_000 };
const recovery = (...figures: number[]) => recoveryIn(blocksOf(...figures), usual, span, figures.length * widthMs);

describe('the usual range', () => {
  it('is what 97.5 % of the blocks are within, and is not known from fewer than twenty', () => {
    const rising = Array.from({ length: 41 }, (_, n) => n);
    expect(usualRange([blocksOf(...rising)])?.highest).toEqual([39]);
    expect(usualRange([blocksOf(...times(19, 10))])).toBeNull();
    expect(usualRange([blocksOf(...times(10, 10)), blocksOf(...times(10, 10))])?.highest).toEqual([10]);
  });

  it('is not known where nothing got there', () => {
    expect(usualRange([blocksOf(...times(30, Number.POSITIVE_INFINITY))])).toBeNull();
  });

  it('tells how many blocks are out in a row while nothing is wrong', () => {
    expect(usual?.longestOut).toBe(1);
    expect(usualRange([blocksOf(...times(100, 10), 99, 98)])?.longestOut).toBe(2);
  });
});

describe('recovery', () => {
  it('is an interval: from the last block out to the first of four in range in a row', () => {
    expect(recovery(...times(4, 10), ...times(4, 500), 400, 90, ...times(6, 10))).toEqual({
      kind: 'recovered',
      fromMs: 250,
      toMs: 750,
    });
  });

  it('begins anew when a block is out within the four', () => {
    expect(recovery(...times(4, 10), ...times(4, 500), 10, 10, 10, 90, ...times(4, 10))).toEqual({
      kind: 'recovered',
      fromMs: 750,
      toMs: 1_250,
    });
  });

  it('is there at once when the first blocks after the faults are in range', () => {
    expect(recovery(...times(4, 10), ...times(4, 500), ...times(6, 10))).toEqual({
      kind: 'recovered',
      fromMs: 0,
      toMs: 250,
    });
  });

  it('is none where the range was never left, though a single block may be a little out', () => {
    expect(recovery(...times(14, 10))).toEqual({ kind: 'neverLeft' });
    expect(recovery(...times(5, 10), 12, ...times(8, 10))).toEqual({ kind: 'neverLeft' });
    expect(recovery(...times(5, 10), 500, ...times(8, 10))).toMatchObject({ kind: 'recovered' });
    expect(recovery(...times(5, 3), ...times(9, 2))).toEqual({ kind: 'neverLeft' }); // faster is no harm
  });

  it('is not within the load when fewer than four in range are left of it', () => {
    expect(recovery(...times(4, 10), ...times(6, 500), 10, 10, 10)).toEqual({ kind: 'notWithinLoad', afterMs: 250 });
    expect(recovery(...times(4, 10), ...times(8, Number.POSITIVE_INFINITY))).toEqual({
      kind: 'notWithinLoad',
      afterMs: 750,
    });
  });

  it('does not look behind the load', () => {
    const blocks = blocksOf(...times(4, 10), ...times(6, 500), ...times(10, 10));
    expect(recoveryIn(blocks, usual, span, 2_500 + 3 * widthMs)).toMatchObject({ kind: 'notWithinLoad' });
    expect(recoveryIn(blocks, usual, span, 2_500 + 4 * widthMs)).toMatchObject({ kind: 'recovered' });
  });

  it('cannot be told without a usual range, or where nothing is left of the load', () => {
    expect(recoveryIn(blocksOf(...times(14, 10)), null, span, 5_000)).toEqual({ kind: 'cannotSay' });
    expect(recoveryIn(blocksOf(...times(4, 10)), usual, span, 1_000)).toEqual({ kind: 'cannotSay' });
  });

  it('holds the moment at which a synthetic system really recovered, whatever the noise', () => {
    let state = 7;
    const draw = () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) / 2 ** 24;
    };
    const noisy = (figure: number) => figure * (1 + 0.2 * draw());
    const tries = 1_000;
    let held = 0;
    let [recovered, early] = [0, 0];
    for (let n = 0; n < tries; n++) {
      const range = usualRange([blocksOf(...times(60, 10).map(noisy))]);
      const afterMs = Math.floor(draw() * 4_000);
      const blocks = Array.from({ length: 40 }, (_, block) => {
        const outMs = Math.min(widthMs, Math.max(0, span.overAtMs + afterMs - block * widthMs));
        const isFaulty = block * widthMs >= span.beginsAtMs && outMs > widthMs * 0.1;
        return noisy(isFaulty ? 300 : 10);
      });
      const found = recoveryIn(blocksOf(...blocks), range, span, 10_000);
      if (found.kind !== 'recovered') continue;
      recovered++;
      if (found.toMs < afterMs) early++;
      if (found.fromMs <= afterMs && afterMs <= found.toMs) held++;
    }
    expect(recovered).toBeGreaterThan(tries * 0.95);
    expect(early).toBe(0);
    // One block in 40 is out by chance, and makes the answer a later one.
    expect(held).toBeGreaterThan(recovered * 0.8);
  });
});

describe('the middle of repeats', () => {
  const at = (fromMs: number, toMs: number): Recovery => ({ kind: 'recovered', fromMs, toMs });
  const not = (afterMs: number): Recovery => ({ kind: 'notWithinLoad', afterMs });
  const never: Recovery = { kind: 'neverLeft' };
  const unknown: Recovery = { kind: 'cannotSay' };

  it.each<[string, Recovery[], Recovery]>([
    ['of three', [at(500, 750), at(0, 250), at(2_000, 2_250)], at(500, 750)],
    ['of two: the worse', [at(500, 750), at(0, 250)], at(500, 750)],
    ['with one that did not recover', [at(500, 750), not(3_000), at(0, 250)], at(500, 750)],
    ['with most that did not recover', [not(4_000), not(3_000), at(0, 250)], not(3_000)],
    ['of which most never left', [never, never, at(0, 250)], never],
    ['of which one never left', [never, at(250, 500), at(0, 250)], at(0, 250)],
    ['of which one is unknown and would matter', [unknown, at(250, 500), at(0, 250)], unknown],
    ['of which one is unknown and does not matter', [at(0, 250), at(0, 250), unknown], at(0, 250)],
    ['of none', [], unknown],
  ])('%s', (_name, all, expected) => {
    expect(medianRecovery(all)).toEqual(expected);
  });
});

const fault = (appliedAtMs: number | null, removedAtMs: number | null): FaultResult => ({
  fault: 'down',
  link: 'client',
  plannedAtMs: 0,
  plannedForMs: 0,
  appliedAtMs,
  removedAtMs,
  settings: {},
  expected: '',
  proof: { probe: 'refused' },
});

it('takes several faults together, from the first to the last', () => {
  expect(faultSpanOf({ faults: [fault(1_000, 1_500), fault(400, 900)] })).toEqual({
    beginsAtMs: 400,
    overAtMs: 1_500,
  });
  expect(faultSpanOf({ faults: [] })).toBeNull();
  expect(faultSpanOf({ faults: [fault(1_000, null)] })).toBeNull();
  expect(faultSpanOf({ faults: [fault(null, 1_000)] })).toBeNull();
});

it('tells the first operation that was ok to the length of an interval', () => {
  const points = (...ok: number[]) =>
    ok.map((count, n): TimelinePoint => {
      return { atMs: n * 250, offered: 9, ok: count, failed: 9 - count, timedOut: 0, p50Us: null, p99Us: null };
    });
  const late = { beginsAtMs: 100, overAtMs: 600 };
  expect(firstOkAfter({ timeline: points(9, 0, 0, 0, 1) }, late)).toEqual({ fromMs: 400, toMs: 650 });
  expect(firstOkAfter({ timeline: points(9, 0, 1, 0) }, late)).toEqual({ fromMs: 0, toMs: 150 });
  expect(firstOkAfter({ timeline: points(9, 0, 0, 0) }, late)).toBeNull();
});
