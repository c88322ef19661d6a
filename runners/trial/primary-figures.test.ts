import { describe, expect, it } from 'vitest';
import type { LatencySummary, PhaseName, PhaseResult } from '../../result/result-types.ts';
import { primaryFigures } from './primary-figures.ts';

const canary = { count: 2_000, floorUs: 20, p50Us: 60, p90Us: 120, p99Us: 300 };
const summary = (p50: number | null, p99: number | null = null): LatencySummary => ({ count: 2_000, p50, p99 });

/** Operation → its `offered` and `delivered`. */
function phase(operations: Readonly<Record<string, { offered: LatencySummary; delivered?: LatencySummary }>>) {
  return {
    counts: { offered: 2_000 },
    operations: Object.fromEntries(Object.entries(operations).map(([name, latencyUs]) => [name, { latencyUs }])),
  } as unknown as PhaseResult;
}

const phases = (all: Partial<Record<PhaseName, PhaseResult>>) => all;
const primary = { operation: 'placeOrder', metric: 'delivered p99', condition: 'slow', phase: 'during' } as const;

describe('primaryFigures', () => {
  it('is the p50 of each operation without a primary', () => {
    const steady = phase({ getOrder: { offered: summary(250) }, placeOrder: { offered: summary(900) } });
    expect(primaryFigures(undefined, phases({ steady }), canary)).toEqual([
      { name: 'getOrder p50', us: 250, errorUs: 60, tailErrorUs: 120 },
      { name: 'placeOrder p50', us: 900, errorUs: 60, tailErrorUs: 120 },
    ]);
  });

  it('takes the phase in which it is lowest, which asks most of the instrument', () => {
    const [before, during] = [400, 9_000].map((us) => phase({ getOrder: { offered: summary(us) } }));
    const found = primaryFigures(undefined, phases({ before, during } as Record<PhaseName, PhaseResult>), canary);
    expect(found).toMatchObject([{ name: 'getOrder p50 (before)', us: 400 }]);
  });

  it('is what the primary names, in its phase, with the error of that percentile', () => {
    const both = { placeOrder: { offered: summary(1, 2), delivered: summary(3, 40_000) } };
    const played = {
      before: phase({ placeOrder: { offered: summary(1), delivered: summary(1, 9) } }),
      during: phase(both),
    };
    expect(primaryFigures(primary, phases(played), canary)).toEqual([
      { name: 'placeOrder delivered p99 (during)', us: 40_000, errorUs: 300, tailErrorUs: null },
    ]);
  });

  it('takes the measured phase of a trial without that one, the calm one say', () => {
    const steady = phase({ placeOrder: { offered: summary(1, 2), delivered: summary(3, 5_000) } });
    expect(primaryFigures(primary, phases({ steady }), canary)).toMatchObject([{ us: 5_000, errorUs: 300 }]);
  });

  it('says nothing of what was not reached, and nothing without canaries', () => {
    const steady = phase({ getOrder: { offered: summary(null) } });
    expect(primaryFigures(undefined, phases({ steady }), canary)).toEqual([]);
    const known = phase({ getOrder: { offered: summary(250) } });
    expect(primaryFigures(undefined, phases({ steady: known }), null)).toEqual([]);
  });
});
