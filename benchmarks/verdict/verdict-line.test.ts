import { describe, expect, it } from 'vitest';
import { isWithin, type VerdictLine, verdictShares } from './verdict-line.ts';
import { setNames, verdictTrials } from './verdict-trials.ts';

const line = (change: Partial<VerdictLine>): VerdictLine => ({
  ...{ index: 0, protocol: 'rest', service: '20 ms', spinners: 0, figure: 'p50' },
  ...{ recordedUs: 20_000, truthUs: 20_000, resolutionUs: 60, status: 'valid', reasons: [], canary: null },
  ...{ cpuPressure: null, otherWork: null, ...change },
});

describe('isWithin', () => {
  it('allows 3 % of the truth, or the trial’s own resolution where that is more', () => {
    expect(isWithin(line({ recordedUs: 20_600 }))).toBe(true);
    expect(isWithin(line({ recordedUs: 20_601 }))).toBe(false);
    expect(isWithin(line({ recordedUs: 19_399 }))).toBe(false);
    expect(isWithin(line({ recordedUs: 22_000, resolutionUs: 2_000 }))).toBe(true);
    expect(isWithin(line({ recordedUs: 22_001, resolutionUs: 2_000 }))).toBe(false);
  });

  it('does not know without a truth, a figure or an error', () => {
    for (const name of ['truthUs', 'recordedUs', 'resolutionUs'] as const) {
      expect(isWithin(line({ [name]: null }))).toBeNull();
    }
  });
});

describe('verdictShares', () => {
  it('counts what is called valid and off, and what is within and not called valid', () => {
    const off = line({ recordedUs: 25_000 });
    const doubted = line({ status: 'suspect' });
    const both = line({ recordedUs: 25_000, status: 'invalid' });
    const shares = verdictShares([line({}), off, doubted, both, line({ truthUs: null })]);
    expect(shares).toEqual({
      ...{ trials: 5, valid: 2, within: 2, unknown: 1 },
      ...{ wronglyValid: [off], withinNotValid: [doubted] },
    });
  });
});

describe('the sets', () => {
  it.each(setNames)('%s has every service on every protocol, quiet and crowded', (set) => {
    const kinds = (crowded: boolean) =>
      new Set(
        verdictTrials(set)
          .filter(({ spinners }) => spinners > 0 === crowded)
          .map(({ protocol, service }) => `${protocol} ${service}`),
      );
    expect(kinds(false).size).toBe(30);
    expect(kinds(true).size).toBe(30);
    expect(new Set(verdictTrials(set).map(({ spinners }) => spinners))).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it('are in orders of their own, the same each time', () => {
    const order = (set: 'calibration' | 'held-out') =>
      verdictTrials(set)
        .slice(0, 20)
        .map(({ protocol, service }) => `${protocol} ${service}`);
    expect(order('held-out')).toEqual(order('held-out'));
    expect(order('held-out')).not.toEqual(order('calibration'));
  });
});
