/** Fault timelines. */
import { z } from 'zod';
import { loadTime, object, quantity } from './fields.ts';

const window = {
  at: loadTime().describe('Begin, from the end of warm-up: a duration or a share of load.duration.'),
  for: loadTime().describe('How long: a duration or a share of load.duration.'),
  link: z
    .enum(['client', 'service', 'both'])
    .default('client')
    .describe('Which connection: from the load to the target, from a broker to its service, or both.'),
};

const latencyFault = object({
  fault: z.literal('latency').describe('What flows through the link comes later.'),
  ...window,
  latency: quantity('duration', { least: '1ms', most: '10min' }).describe('One way, whole milliseconds.'),
  jitter: quantity('duration', { most: '10min' })
    .prefault('0ms')
    .describe('More or less by up to this; on one connection it becomes a running maximum.'),
  direction: z.enum(['down', 'up', 'both']).default('down').describe('down: the answers; up: the requests.'),
});

const downFault = object({
  fault: z.literal('down').describe('The link is cut: connections break, new ones are refused.'),
  ...window,
});

export const conditionSchema = z.array(z.discriminatedUnion('fault', [latencyFault, downFault]));
