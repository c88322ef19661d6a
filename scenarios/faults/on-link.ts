/** Where faults of connections act. */
import { z } from 'zod';

/**
 * `client`: from the load to the target, or its broker; `service`: from a broker to its services; else an edge between
 * services, `<caller>-<called>`.
 */
export type LinkName = string;
export type Direction = 'down' | 'up' | 'both';

export const onLink = {
  link: z
    .enum(['client', 'service', 'both'] satisfies (LinkName | 'both')[])
    .default('client')
    .describe('Which connection: from the load to the target, from a broker to its service, or both.'),
};

export const directed = {
  ...onLink,
  direction: z
    .enum(['down', 'up', 'both'] satisfies Direction[])
    .default('down')
    .describe('down: the answers; up: the requests.'),
};

export const toxiproxyMilliseconds = 'Toxiproxy counts in whole milliseconds';
