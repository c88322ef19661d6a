/** How a target gathers messages into batches: the same words for every protocol that can. */
import type { z } from 'zod';
import type { Protocol } from '../../result/result-types.ts';
import { protocolFacts } from '../protocols/registry.ts';
import type { Batch } from '../scenario.ts';
import { duration, object, quantity, wholeNumber } from './fields.ts';

export function batch(protocol: Protocol) {
  return object({
    maxMessages: wholeNumber(1, 10_000)
      .default(1)
      .describe('A batch leaves when it holds so many messages; 1: each leaves as it comes.'),
    maxBytes: quantity('size', { least: '1B', most: '8MiB' })
      .prefault('768KiB')
      .describe('… or so many bytes of them. One that alone is larger leaves alone.'),
    linger: duration('0ms', '10s')
      .prefault('0ms')
      .describe('… or when its first message has waited so long. 0ms: what comes within one turn of the event loop.'),
  })
    .optional()
    .describe(
      `Several messages together: ${protocolFacts[protocol].batches}. The wait in the batch is part of their latency. Left out: each leaves by itself.`,
    );
}

/** A stream gathers what comes while its requests are under way, so one message a request is a setting of its own there. */
export function resolveStreamBatch(
  written: z.output<ReturnType<typeof batch>>,
  lingerMs: number,
): { readonly lingerMs: number; readonly batch?: Batch } {
  if (written === undefined) return { lingerMs };
  const { maxMessages, maxBytes, linger } = written;
  const longer = Math.max(linger, lingerMs); // one of them is nothing
  return { lingerMs: longer, batch: { maxMessages, maxBytes, lingerMs: longer } };
}

/** Nothing where each message leaves as it comes. */
export function resolveBatch(written: z.output<ReturnType<typeof batch>>): { readonly batch?: Batch } {
  if (written === undefined || written.maxMessages === 1) return {};
  const { maxMessages, maxBytes, linger } = written;
  return { batch: { maxMessages, maxBytes, lingerMs: linger } };
}
