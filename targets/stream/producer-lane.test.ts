import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CorrelatedAttempts } from '../driver-kit/correlated-attempts.ts';
import { ProducerLane, usualBatch } from './producer-lane.ts';
import type { StreamClient } from './stream-client.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A broker that answers after so long; `sizes`: messages in each request. */
async function open(answerMs: number, lingerMs: number, maxMessages = 1_000) {
  const sizes: number[] = [];
  const client = {
    connect: async () => undefined,
    send: (_index: number, messages: readonly unknown[]) => {
      sizes.push(messages.length);
      return new Promise((resolve) => setTimeout(resolve, answerMs));
    },
  } as unknown as StreamClient;
  const attempts = { send: () => 1, acknowledge: () => undefined } as unknown as CorrelatedAttempts;
  const lane = new ProducerLane({
    ...{ index: 0, client, attempts, slots: 1_000, topics: ['t'], apart: false, requestsInFlight: 5 },
    batch: { ...usualBatch, lingerMs, maxMessages },
    bytesOf: () => 100,
    messageOf: () => ({ topic: 't', key: undefined, value: Buffer.alloc(0), headerNames: [], headerValues: [] }),
  });
  await lane.open();
  return { lane, sizes };
}

it('gathers for the whole linger, whenever earlier requests end', async () => {
  const { lane, sizes } = await open(5, 40);
  for (let slot = 0; slot < 300; slot++) {
    lane.push(slot);
    await vi.advanceTimersByTimeAsync(4);
  }
  expect(sizes.length).toBeLessThanOrEqual(30);
  for (const size of sizes) expect(size).toBeGreaterThanOrEqual(10);
});

it('does not wait for the linger once it is full', async () => {
  const { lane, sizes } = await open(5, 1_000, 8);
  for (let slot = 0; slot < 20; slot++) lane.push(slot);
  await vi.advanceTimersByTimeAsync(1);
  expect(sizes.slice(0, 2)).toEqual([8, 8]);
});
