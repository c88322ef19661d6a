import { describe, expect, it } from 'vitest';
import { outcomes } from '../../targets/driver.ts';
import { FailureSamples, firstFailures } from './failure-samples.ts';

describe('failure samples', () => {
  it('keep the first of each kind, and ask for no other', () => {
    const samples = new FailureSamples();
    let asked = 0;
    const tell = () => ({ head: `answer ${++asked}`, body: '' });
    samples.take(0, outcomes.rejected, 'status 404', 5_000, tell);
    samples.take(0, outcomes.rejected, 'status 404', 6_000, tell);
    samples.take(1, outcomes.rejected, 'status 404', 7_000, tell);
    samples.take(1, outcomes.timedOut, 'timeout', 8_000);
    samples.take(1, outcomes.dropped, 'maxInFlight reached', 8_000);
    expect(asked).toBe(2);
    expect(samples.toData().map(({ operation, reason }) => [operation, reason])).toEqual([
      [0, 'status 404'],
      [1, 'status 404'],
      [1, 'timeout'],
    ]);
  });

  it('are the earliest of all workers, by name and from the end of warm-up', () => {
    const one = { operation: 0, outcome: 'failed', reason: 'connection reset', detail: null } as const;
    const late = { ...one, offsetUs: 9_000_000, detail: { head: 'late', body: '' } };
    expect(firstFailures([late, { ...one, offsetUs: 1_000_000 }], ['getOrder'], 3_000)).toEqual([
      { operation: 'getOrder', outcome: 'failed', reason: 'connection reset', atMs: -2_000 },
    ]);
  });
});
