/** How a target gathers messages into batches: the same words for every protocol that can. */
import type { z } from 'zod';
import type { Batch } from '../target-base.ts';
import type { StreamDefaults } from './client-settings.ts';
import { duration, object, quantity, wholeNumber } from './fields.ts';

/** `together`: what several messages leave in. */
export function batch(together: string) {
  return object({
    maxMessages: wholeNumber(1, 10_000)
      .default(1)
      .describe('A batch leaves when it holds so many messages; 1: each leaves as it comes.'),
    maxBytes: quantity('size', { least: '1B', most: '8MiB' })
      .prefault('768KiB')
      .describe('… or so many bytes of them. One that alone is larger leaves alone.'),
    linger: duration('0ms', '10s')
      .optional()
      .describe(
        '… or when its first message has waited so long. Left out, or 0ms: what comes within one turn of the event loop.',
      ),
  })
    .optional()
    .describe(
      `Several messages together: ${together}. The wait in the batch is part of their latency. Left out: each leaves by itself.`,
    );
}

/** A stream gathers what comes while its requests are under way, so one message a request is a setting of its own there. */
export function resolveStreamBatch(
  written: z.output<ReturnType<typeof batch>>,
  writtenLingerMs: number | undefined,
  usual: StreamDefaults,
): { readonly lingerMs: number; readonly batch?: Batch } {
  const lingerMs = writtenLingerMs ?? written?.linger ?? usual.linger; // where both are written they are the same
  const { maxMessages, maxBytes } = written ?? usual.batch ?? {};
  if (maxMessages === undefined || maxBytes === undefined) return { lingerMs };
  return { lingerMs, batch: { maxMessages, maxBytes, lingerMs } };
}

/** Nothing where each message leaves as it comes. */
export function resolveBatch(written: z.output<ReturnType<typeof batch>>): { readonly batch?: Batch } {
  if (written === undefined || written.maxMessages === 1) return {};
  const { maxMessages, maxBytes, linger = 0 } = written;
  return { batch: { maxMessages, maxBytes, lingerMs: linger } };
}
