import { describe, expect, it } from 'vitest';
import { batchesSince, batchSizeOf, sumOfBatches } from './batch-counts.ts';

describe('batch counts', () => {
  it('are added up over load workers, confirms where they are told', () => {
    expect(sumOfBatches([])).toEqual({ messages: 0, requests: 0 });
    const one = { messages: 10, requests: 2 };
    expect(sumOfBatches([one, one])).toEqual({ messages: 20, requests: 4 });
    expect(sumOfBatches([{ ...one, confirms: 3 }, one])).toEqual({ messages: 20, requests: 4, confirms: 3 });
  });

  it('are those since the measuring began', () => {
    const now = { messages: 30, requests: 5, confirms: 7 };
    expect(batchesSince(null, now)).toEqual(now);
    expect(batchesSince({ messages: 10, requests: 1, confirms: 2 }, now)).toEqual({
      messages: 20,
      requests: 4,
      confirms: 5,
    });
    expect(batchesSince(null, { messages: 1, requests: 1 })).toEqual({ messages: 1, requests: 1 });
  });

  it('have no size where there was no request', () => {
    expect(batchSizeOf({ messages: 0, requests: 0 })).toBeNull();
    expect(batchSizeOf({ messages: 9, requests: 2 })).toBe(4.5);
  });
});
