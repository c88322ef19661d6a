/** How many messages went in a request. */
import type { BatchCounts } from './result-types.ts';

const none: BatchCounts = { messages: 0, requests: 0 };

export function sumOfBatches(all: readonly BatchCounts[]): BatchCounts {
  return all.reduce(
    (sum, one) => ({ messages: sum.messages + one.messages, requests: sum.requests + one.requests }),
    none,
  );
}

/** What was counted since `before`. */
export function batchesSince(before: BatchCounts | null, now: BatchCounts): BatchCounts {
  const { messages, requests } = before ?? none;
  return { messages: now.messages - messages, requests: now.requests - requests };
}

/** Mean messages a request; null where there were none. */
export function batchSizeOf({ messages, requests }: BatchCounts): number | null {
  return requests === 0 ? null : messages / requests;
}
