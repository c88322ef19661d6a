import { describe, expect, it } from 'vitest';
import type { Resilience } from '../../scenarios/scenario.ts';
import { shareOfResilience } from './share-of-resilience.ts';

const retry = { attempts: 3, backoff: 'exponential', baseMs: 50, capMs: 1_000, jitter: 'full' } as const;
const plain: Resilience = { deadlineMs: 2_000, timeoutMs: 500, retry, idempotencyKey: false };

describe('shareOfResilience', () => {
  it('leaves alone what is not there', () => {
    expect(shareOfResilience(plain, 1, 3)).toEqual(plain);
  });

  it('shares out all places and all of the line, as connections are', () => {
    const limit = { maxConcurrent: 8, waiting: 10 };
    const shares = [0, 1, 2].map((worker) => shareOfResilience({ ...plain, limit }, worker, 3).limit);
    expect(shares).toEqual([
      { maxConcurrent: 3, waiting: 4 },
      { maxConcurrent: 3, waiting: 3 },
      { maxConcurrent: 2, waiting: 3 },
    ]);
  });

  it('keeps ratios, and shares what is counted', () => {
    const breaker = { failureRatio: 0.5, windowMs: 1_000, minimumOperations: 20, openForMs: 500, probes: 3 };
    const budget = { ratio: 0.1, burst: 5 };
    const share = shareOfResilience({ ...plain, breaker, retry: { ...retry, budget } }, 0, 2);
    expect(share.breaker).toEqual({ ...breaker, minimumOperations: 10, probes: 2 });
    expect(share.retry.budget).toEqual({ ratio: 0.1, burst: 2.5 });
    expect(shareOfResilience({ ...plain, retry: { ...retry, budget } }, 0, 8).retry.budget?.burst).toBe(1);
  });
});
