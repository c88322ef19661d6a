import { describe, expect, it } from 'vitest';
import type { RateProbe } from '../../result/calibration-result.ts';
import { searchHighestRate } from './highest-rate.ts';

const ladder = [1_000, 2_000, 5_000, 10_000, 20_000];

/** A generator that is true up to `limit`; that a service without delay is not told apart is no limit. */
async function search(limit: number, mostProbes = 10, knownRates: readonly number[] = []) {
  let asked = 0;
  const probeOf = (rate: number): RateProbe => {
    const code = rate <= limit ? 'resolution' : 'sendLag';
    const reasons = [{ status: 'suspect', code, message: '', remedy: '' } as const];
    return { ratePerSecond: rate, goodputPerSecond: rate, verdict: { status: 'suspect', reasons } };
  };
  const { ratePerSecond, ended, probes } = await searchHighestRate({
    ladder,
    firstRate: 5_000,
    known: (rate) => (knownRates.includes(rate) ? probeOf(rate) : undefined),
    isTimeOver: () => asked >= mostProbes,
    probe: async (rate) => {
      asked++;
      return probeOf(rate);
    },
  });
  return { ratePerSecond, ended, probed: probes.map((probe) => probe.ratePerSecond) };
}

describe('the search for the highest rate', () => {
  it('goes up until a rate is not valid', async () => {
    expect(await search(12_000)).toEqual({ ratePerSecond: 10_000, ended: 'notValid', probed: [5_000, 10_000, 20_000] });
  });

  it('goes down until one is', async () => {
    expect(await search(1_500)).toEqual({ ratePerSecond: 1_000, ended: 'notValid', probed: [5_000, 2_000, 1_000] });
  });

  it('says that the ladder ended, not that this is the limit', async () => {
    expect(await search(1e6)).toEqual({ ratePerSecond: 20_000, ended: 'ladderEnd', probed: [5_000, 10_000, 20_000] });
  });

  it('finds none where none is valid', async () => {
    expect(await search(0)).toEqual({ ratePerSecond: null, ended: 'notValid', probed: [5_000, 2_000, 1_000] });
  });

  it('takes what was probed before, also when the time is over', async () => {
    expect(await search(5_000, 0, [5_000, 10_000])).toEqual({
      ratePerSecond: 5_000,
      ended: 'notValid',
      probed: [5_000, 10_000],
    });
  });

  it('stops when the time is over, with what it has', async () => {
    expect(await search(1e6, 1)).toEqual({ ratePerSecond: 5_000, ended: 'timeOver', probed: [5_000] });
    expect(await search(1e6, 0)).toEqual({ ratePerSecond: null, ended: 'timeOver', probed: [] });
  });
});
