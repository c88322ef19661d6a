import { describe, expect, it } from 'vitest';
import { parseThreshold, type Threshold } from '../../result/thresholds.ts';
import { HopelessWatch } from './hopeless-watch.ts';

function threshold(text: string, stopAfterMs?: number): Threshold {
  const reading = parseThreshold(text);
  if (!reading.ok) throw new Error(reading.message);
  return { ...reading.threshold, ...(stopAfterMs !== undefined && { stopAfterMs }) };
}

const trial = { target: 'shop', condition: 'calm' };
const seconds = 1e6;

describe('a hopeless trial', () => {
  it('is one where the threshold does not hold over all of the time', () => {
    const watch = HopelessWatch.of([threshold('all errorRatio < 10%', 2_000)], trial, 0);
    expect(watch?.look(1 * seconds, { offered: 100, inFlight: 0, notOk: 100 })).toBeNull();
    expect(watch?.look(2 * seconds, { offered: 1_000, inFlight: 0, notOk: 100 })?.actual).toBeCloseTo(0.1);
  });

  it('goes by what has ended within that time alone', () => {
    const watch = HopelessWatch.of([threshold('all errorRatio < 10%', 1_000)], trial, 0);
    expect(watch?.look(1 * seconds, { offered: 200, inFlight: 100, notOk: 0 })).toBeNull();
    expect(watch?.look(2 * seconds, { offered: 300, inFlight: 200, notOk: 0 })).toBeNull();
    expect(watch?.look(3 * seconds, { offered: 400, inFlight: 200, notOk: 50 })?.actual).toBe(0.5);
  });

  it.each([
    ['without stopAfter', threshold('all errorRatio < 10%')],
    ['of another target', threshold('other errorRatio < 10%', 1_000)],
    ['of another condition', threshold('all errorRatio < 10% in storm', 1_000)],
  ])('is none for a threshold %s', (_name, one) => {
    expect(HopelessWatch.of([one], trial, 0)).toBeNull();
  });
});
