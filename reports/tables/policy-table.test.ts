import { describe, expect, it } from 'vitest';
import type { BreakerChange, PolicyResult, TrialResult } from '../../result/result-types.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { policyTable } from './policy-table.ts';

const [whole] = fixtureResult().trials.filter(({ condition }) => condition === 'calm');

/** The first calm trial, its steady phase with these. */
function trial(policies: PolicyResult, breaker?: readonly BreakerChange[]): TrialResult {
  if (whole?.phases.steady === undefined) throw new Error('the fixture has no calm trial');
  const { attempts } = whole.phases.steady.counts;
  const counts = { ...whole.phases.steady.counts, offered: attempts + policies.refused };
  return {
    ...whole,
    phases: { steady: { ...whole.phases.steady, counts, policies } },
    ...(breaker === undefined ? {} : { breaker }),
  };
}

const cells = (one: TrialResult) => policyTable([one])?.rows[0]?.cells.slice(1);
const none: PolicyResult = { refused: 0, retriesDenied: 0, unsent: 0, fallbacks: 0, fallbackUs: { count: 0 } };

describe('policyTable', () => {
  it('is left out where no policy had anything to do', () => {
    expect(policyTable([trial(none)])).toBeNull();
  });

  it('says what was not attempted, which counts as no operation for the amplification', () => {
    expect(cells(trial({ ...none, refused: 500, retriesDenied: 31 }))).toEqual(['1.00×', '31', '500']);
  });

  it('says how often the breaker opened and when it was closed for good', () => {
    const changes = [
      { atMs: 4_000, state: 'open', client: 0 },
      { atMs: 5_000, state: 'halfOpen', client: 0 },
      { atMs: 5_010, state: 'open', client: 0 },
      { atMs: 6_010, state: 'halfOpen', client: 0 },
      { atMs: 6_100, state: 'closed', client: 0 },
    ] as const;
    expect(cells(trial(none, changes))?.slice(3, 6)).toEqual(['2', '4.0 s', '6.1 s']);
    expect(cells(trial(none, changes.slice(0, 4)))?.slice(3, 6)).toEqual(['2', '4.0 s', 'not closed']);
    const other = { atMs: 4_500, state: 'open', client: 1 } as const;
    expect(cells(trial(none, [...changes, other]))?.slice(3, 6)).toEqual(['3', '4.0 s', 'not closed']);
    expect(cells(trial(none, []))?.slice(3, 6)).toEqual(['0', '–', '–']);
  });
});
