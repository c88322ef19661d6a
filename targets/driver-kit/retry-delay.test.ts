import { describe, expect, it } from 'vitest';
import { retryDelayMs } from './retry-delay.ts';

const retry = { attempts: 5, backoff: 'exponential', baseMs: 50, capMs: 1_000, jitter: 'none' } as const;

describe('retryDelayMs', () => {
  it('doubles from the base to the cap', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map((attempt) => retryDelayMs(retry, attempt, 0.5, 0))).toEqual([
      50, 100, 200, 400, 800, 1_000, 1_000,
    ]);
  });

  it('does not wait at all without back-off, whatever base and jitter say', () => {
    const jitters = ['none', 'full', 'equal', 'decorrelated'] as const;
    expect(jitters.map((jitter) => retryDelayMs({ ...retry, backoff: 'none', jitter }, 3, 0.5, 100))).toEqual([
      0, 0, 0, 0,
    ]);
  });

  it.each([
    ['full', [0, 50, 100]],
    ['equal', [50, 75, 100]],
    ['decorrelated', [50, 175, 300]],
  ] as const)('jitter %s spans what it says', (jitter, expected) => {
    expect([0, 0.5, 1].map((draw) => retryDelayMs({ ...retry, jitter }, 2, draw, 100))).toEqual(expected);
  });

  it('keeps decorrelated waits below the cap', () => {
    expect(retryDelayMs({ ...retry, jitter: 'decorrelated' }, 9, 0.99, 900)).toBe(1_000);
  });
});
