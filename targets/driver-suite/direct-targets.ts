/** For tests: reference targets behind a broker, dialled without a proxy. */
import type { QueueTarget, SqsTarget, StreamTarget } from '../../scenarios/scenario.ts';

export const directQueue: QueueTarget = {
  ...{ name: 'queue', protocol: 'queue', engine: 'native', via: 'direct', broker: 'rabbitmq' },
  ...{ durable: true, confirms: true, prefetch: 100, consume: false },
};
export const directStream: StreamTarget = {
  ...{ name: 'stream', protocol: 'stream', engine: 'native', via: 'direct', broker: 'kafka', client: 'platformatic' },
  ...{ acks: 'all', lingerMs: 0, partitions: 1, producers: 1, consume: false },
};
export const directSqs: SqsTarget = {
  ...{ name: 'sqs', protocol: 'queue', engine: 'native', via: 'direct', broker: 'sqs' },
  ...{ connections: 32, polls: 4, waitTimeMs: 20_000, visibilityTimeoutMs: 30_000, prefetch: 100, consume: false },
};
