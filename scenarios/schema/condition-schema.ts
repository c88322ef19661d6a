/** Fault timelines. */
import { z } from 'zod';
import { duration, loadTime, object, quantity } from './fields.ts';

const window = {
  at: loadTime().describe('Begin, from the end of warm-up: a duration or a share of load.duration.'),
  for: loadTime().describe('How long: a duration or a share of load.duration.'),
  within: loadTime()
    .optional()
    .describe('Begins at a moment up to so much after at, drawn by the seed anew for each repeat; left out: at `at`.'),
  every: loadTime()
    .optional()
    .describe('Again so long after each begin, as long as a whole window fits into the load; left out: once.'),
};

const ramp = loadTime()
  .optional()
  .describe('Over how much of the window it grows to its full size, in ten steps; left out: it is there at once.');

const onLink = {
  ...window,
  link: z
    .enum(['client', 'service', 'both'])
    .default('client')
    .describe('Which connection: from the load to the target, from a broker to its service, or both.'),
};

const direction = z.enum(['down', 'up', 'both']).default('down').describe('down: the answers; up: the requests.');
const linkFault = { ...onLink, direction };

const latencyFault = object({
  fault: z.literal('latency').describe('What flows through the link comes later.'),
  ...linkFault,
  ramp,
  latency: quantity('duration', { least: '1ms', most: '10min' }).describe('One way, whole milliseconds.'),
  jitter: quantity('duration', { most: '10min' })
    .prefault('0ms')
    .describe('More or less by up to this; on one connection it becomes a running maximum.'),
});

const downFault = object({
  fault: z.literal('down').describe('The link is cut: connections break, new ones are refused.'),
  ...onLink,
});

const bandwidthFault = object({
  fault: z.literal('bandwidth').describe('Each connection of the link carries no more than this.'),
  ...linkFault,
  rate: quantity('bandwidth', { least: '1kB/s', most: '10000MB/s' }).describe('Whole kB/s, for each connection.'),
});

const slowCloseFault = object({
  fault: z.literal('slow_close').describe('A connection that is closed goes on existing for a while.'),
  ...linkFault,
  delay: quantity('duration', { least: '1ms', most: '10min' }).describe(
    'How much later it closes, whole milliseconds.',
  ),
});

const timeoutFault = object({
  fault: z.literal('timeout').describe('A black hole: connections stay open, nothing passes.'),
  ...linkFault,
  timeout: quantity('duration', { most: '10min' })
    .prefault('0ms')
    .describe('Close the connection after so long, whole milliseconds; 0ms: not while the fault is in force.'),
});

const resetPeerFault = object({
  fault: z.literal('reset_peer').describe('Connections are reset (TCP RST).'),
  ...linkFault,
  timeout: quantity('duration', { most: '10min' })
    .prefault('0ms')
    .describe('So long after data first passes, whole milliseconds.'),
});

const slicerFault = object({
  fault: z.literal('slicer').describe('What flows comes in small pieces.'),
  ...linkFault,
  size: quantity('size', { least: '1B', most: '1MiB' }).describe('Mean size of a piece.'),
  variation: quantity('size', { most: '1MiB' }).prefault('0B').describe('A piece is larger or smaller by up to this.'),
  delay: quantity('duration', { most: '1min' }).prefault('0ms').describe('Between pieces, whole microseconds.'),
});

const limitDataFault = object({
  fault: z.literal('limit_data').describe('A connection is closed after it has carried so much.'),
  ...linkFault,
  bytes: quantity('size', { least: '1B', most: '1024MiB' }).describe('For each connection.'),
});

const broker = z
  .enum(['leader'])
  .optional()
  .describe('Of three Kafka brokers: the leader of the first partition of what is under load. Left out: there is one.');

const pauseFault = object({
  fault: z.literal('pause').describe('A process stands still (SIGSTOP), and goes on afterwards (SIGCONT).'),
  ...window,
  part: z.enum(['service', 'broker', 'toxiproxy']).describe('Whose process: one that this run started.'),
  broker,
});

const killFault = object({
  fault: z.literal('kill').describe('A process is killed (SIGKILL), and started again when the window ends.'),
  ...window,
  part: z.enum(['service', 'broker', 'toxiproxy']).describe('Whose process: one that this run started.'),
  broker,
});

const slowServiceFault = object({
  fault: z.literal('slow-service').describe('The reference service takes its time.'),
  ...window,
  ramp,
  workTime: duration('1ms', '60s').describe('Of each operation, instead of workload.service.workTime.'),
});

const failingServiceFault = object({
  fault: z.literal('failing-service').describe('The reference service refuses operations.'),
  ...window,
  ramp,
  rejectRatio: z.number().gt(0).max(1).describe('Share that is refused at once, 0 to 1.'),
});

export const conditionSchema = z.array(
  z.discriminatedUnion('fault', [
    latencyFault,
    downFault,
    bandwidthFault,
    slowCloseFault,
    timeoutFault,
    resetPeerFault,
    slicerFault,
    limitDataFault,
    pauseFault,
    killFault,
    slowServiceFault,
    failingServiceFault,
  ]),
);
