import { describe, expect, it } from 'vitest';
import { uniform } from '../schedule/seeded-random.ts';
import { ClockOffset } from './clock-offset.ts';

function randomOf(seed: number): () => number {
  let drawn = 0;
  return () => uniform(seed, 0, drawn++);
}

/** A clock that is `offsetUs` ahead at our time 0 and runs `drift` faster, asked once a `everyUs` over ways of random lengths. */
function asked(random: () => number, { offsetUs = 0, drift = 0, rounds = 40, everyUs = 250e3, oneWayMoreUs = 0 }) {
  const clock = new ClockOffset();
  const theirs = (ourUs: number) => ourUs + offsetUs + ourUs * drift;
  for (let round = 0; round < rounds; round++) {
    const sentUs = round * everyUs;
    const way = () => 50 + random() ** 4 * 20e3;
    const arrivedUs = sentUs + way() + oneWayMoreUs;
    const leftUs = arrivedUs + random() * 30;
    const backUs = leftUs + way();
    clock.add({ sentUs, cameUs: theirs(arrivedUs), answeredUs: theirs(leftUs), backUs });
  }
  return { clock, truth: (atUs: number) => theirs(atUs) - atUs, endUs: rounds * everyUs };
}

describe('ClockOffset', () => {
  it('holds the truth for any delays, offset and drift, at any time', () => {
    for (let seed = 0; seed < 500; seed++) {
      const random = randomOf(seed);
      const drift = (random() - 0.5) * 4e-4;
      const { clock, truth, endUs } = asked(random, { offsetUs: (random() - 0.5) * 1e12, drift });
      for (let n = 0; n < 20; n++) {
        const atUs = random() * endUs;
        const { offsetUs, boundUs } = clock.at(atUs);
        expect(Math.abs(offsetUs - truth(atUs)), `seed ${seed}`).toBeLessThanOrEqual(boundUs + 0.01);
        expect(boundUs).toBeLessThan(20e3);
      }
      expect(clock.jumped).toBe(false);
    }
  });

  it('holds the truth where one way is longer than the other, and says how little it knows', () => {
    const { clock, truth } = asked(randomOf(3), { offsetUs: 5e9, oneWayMoreUs: 20e3 });
    const { offsetUs, boundUs } = clock.at(5e6);
    expect(Math.abs(offsetUs - truth(5e6))).toBeLessThanOrEqual(boundUs);
    expect(boundUs).toBeGreaterThan(10e3);
  });

  it('knows of a drift from a few windows', () => {
    const { clock } = asked(randomOf(5), { drift: 1e-4, rounds: 400 });
    expect(clock.driftPpm).toBeGreaterThan(50);
    expect(clock.driftPpm).toBeLessThan(150);
  });

  it('tells of a clock that was set meanwhile', () => {
    const clock = new ClockOffset();
    for (let round = 0; round < 20; round++) {
      const sentUs = round * 250e3;
      const offsetUs = round < 10 ? 0 : 30e3;
      clock.add({ sentUs, cameUs: sentUs + offsetUs + 100, answeredUs: sentUs + offsetUs + 110, backUs: sentUs + 210 });
    }
    clock.at(1e6);
    expect(clock.jumped).toBe(true);
  });

  it('knows nothing before it was told', () => {
    expect(new ClockOffset().boundUs).toBe(Number.POSITIVE_INFINITY);
    expect(new ClockOffset().driftPpm).toBeNull();
  });
});
