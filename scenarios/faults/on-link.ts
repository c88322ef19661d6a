/** Where faults of connections act. */
import { z } from 'zod';

/**
 * `client`: from the load to the target, or its broker; `service`: from a broker to its services; `subscribers`: from either to
 * those that have what is published; else an edge between services, `<caller>-<called>`.
 */
export type LinkName = string;
export type Direction = 'down' | 'up' | 'both';

export const onLink = {
  link: z
    .string()
    .min(1)
    .default('client')
    .describe(
      'Which connection: client (from the load to the target), service (from a broker to its services), subscribers (to those that have what is published), <caller>-<called> between two services, or both: client and service. A target without it sits the condition out.',
    ),
};

export const directed = {
  ...onLink,
  direction: z
    .enum(['down', 'up', 'both'] satisfies Direction[])
    .default('down')
    .describe('down: the answers; up: the requests.'),
};

export const toxiproxyMilliseconds = 'Toxiproxy counts in whole milliseconds';
