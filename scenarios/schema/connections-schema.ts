/** How many connections a target has, and how long each is used. */
import { z } from 'zod';
import { object, wholeNumber } from './fields.ts';

/** As a file has them. */
export type WrittenConnections = number | { readonly count: number; readonly reuse?: number | 'none' | undefined };

/** Of HTTP: a connection may be closed and dialled anew while the load goes on. */
export function reusedConnections(count: number, most: number) {
  return z
    .union(
      [
        wholeNumber(1, most),
        object({
          count: wholeNumber(1, most).default(count).describe('Connections, over all load threads.'),
          reuse: z
            .union([wholeNumber(1, 1_000_000), z.literal('none')], { error: 'expected a number of requests, or none' })
            .optional()
            .describe(
              'Requests after which a connection is closed; the next one that needs it dials, within its own latency. none: each request has a connection of its own. Left out: as long as the server keeps it.',
            ),
        }),
      ],
      { error: 'expected a number' },
    )
    .default(count)
    .describe('Connections, over all load threads; or how many and how long each is used.');
}

/** null: of a protocol whose clients decide that themselves. */
export function connectionCount(target: object): number | null {
  const { connections } = target as { readonly connections?: WrittenConnections };
  if (connections === undefined) return null;
  return typeof connections === 'number' ? connections : connections.count;
}

/** As the drivers take it. */
export function resolveConnections(written: WrittenConnections): { connections: number; reuse?: number } {
  if (typeof written === 'number') return { connections: written };
  const { count, reuse } = written;
  return { connections: count, ...(reuse !== undefined && { reuse: reuse === 'none' ? 1 : reuse }) };
}
