import { describe, expect, it } from 'vitest';
import { OperationLog } from '../../runners/recording/operation-log.ts';
import { operationTruths, truthAt } from './operation-truths.ts';

/** Operations due every millisecond from 0, sent `lag` µs late. */
function logOf(lags: readonly number[]) {
  const log = new OperationLog(0, true);
  for (const [index, lag] of lags.entries()) {
    const sequence = log.append(index * 1_000, 0, 0, 0);
    log.sent(sequence, index * 1_000 + lag);
  }
  return log.toData();
}

const sequenceOf = (id: string) => Number(id.slice(-10));

describe('operationTruths', () => {
  it('leaves the send lag out and adds what the fastest has on either side', () => {
    const lags = [0, 5_000, 0, 9_000];
    const truths = operationTruths({
      ...{ trialTag: '0123abcd', logs: [logOf(lags)], fromUs: 0, gatheredSendLagUs: null },
      answeredUs: (id) => sequenceOf(id) * 1_000 + (lags[sequenceOf(id)] ?? 0) + 2_000 + sequenceOf(id),
      fastestUs: 2_050,
    });
    expect(truths.us).toEqual([2_050, 2_051, 2_052, 2_053]);
    expect(truths.unknown).toBe(0);
    expect(truthAt(truths, 0.5)).toBe(2_051);
    expect(truthAt(truths, 0.99)).toBe(2_053);
  });

  it('leaves the warm-up out, and counts what nobody saw', () => {
    const truths = operationTruths({
      ...{ trialTag: '0123abcd', logs: [logOf([0, 0, 0, 0])], fromUs: 2_000, gatheredSendLagUs: null, fastestUs: 0 },
      answeredUs: (id) => (sequenceOf(id) === 3 ? undefined : 10_000),
    });
    expect(truths.us).toHaveLength(1);
    expect(truths.unknown).toBe(1);
  });

  it('counts from the intended start where the client gathers, less the usual send lag', () => {
    const truths = operationTruths({
      ...{ trialTag: '0123abcd', logs: [logOf([4_000])], fromUs: 0, gatheredSendLagUs: 10, fastestUs: 0 },
      answeredUs: () => 6_000,
    });
    expect(truths.us).toEqual([5_990]);
  });

  it('has no percentile of nothing', () => {
    expect(truthAt({ us: [], unknown: 3 }, 0.5)).toBeNull();
  });
});
