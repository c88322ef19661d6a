/** How many messages went in a request. */
import type { BatchCounts } from './result-types.ts';

const none: BatchCounts = { messages: 0, requests: 0 };

export function sumOfBatches(all: readonly BatchCounts[]): BatchCounts {
  const told = all.flatMap(({ confirms }) => confirms ?? []);
  return {
    messages: all.reduce((sum, { messages }) => sum + messages, 0),
    requests: all.reduce((sum, { requests }) => sum + requests, 0),
    ...(told.length > 0 && { confirms: told.reduce((sum, one) => sum + one, 0) }),
  };
}

/** What was counted since `before`. */
export function batchesSince(before: BatchCounts | null, now: BatchCounts): BatchCounts {
  const { messages, requests, confirms = 0 } = before ?? none;
  return {
    messages: now.messages - messages,
    requests: now.requests - requests,
    ...(now.confirms !== undefined && { confirms: now.confirms - confirms }),
  };
}

/** Mean messages a request; null where there were none. */
export function batchSizeOf({ messages, requests }: BatchCounts): number | null {
  return requests === 0 ? null : messages / requests;
}
