import { join } from 'node:path';
import type { StreamRequest, StreamTarget } from '../../scenarios/scenario.ts';
import { codecLabel } from '../codec-label.ts';
import { referenceOperations } from '../domain/order-domain.ts';
import { carriesPayload, orderHeaders } from '../domain/order-message.ts';
import type { ProtocolEntry } from '../driver.ts';
import { streamDriver } from './driver.ts';
import { GroupLag } from './group-lag.ts';
import { mostRequestsInFlight } from './producer-lane.ts';

export const streamEntry: ProtocolEntry = {
  driver: streamDriver,
  servicePath: join(import.meta.dirname, 'service.ts'),
  resourceNames: (trialTag) => ({
    requests: `wirebench-${trialTag}-requests`,
    replies: `wirebench-${trialTag}-replies`,
  }),
  backlog: {
    counts: 'records beyond the offsets that the service has committed',
    open: (address, names) => new GroupLag(address, names.requests ?? ''),
  },
  preset(_target, names) {
    const requests = Object.keys(referenceOperations).map((operation): [string, StreamRequest] => [
      operation,
      {
        topic: names.requests ?? '',
        key: '{{key}}',
        headers: orderHeaders(operation),
        value: carriesPayload(operation) ? '{{payload}}' : '',
      },
    ]);
    return { requests: Object.fromEntries(requests), settings: { reply: { topic: names.replies } } };
  },
  semantics(target) {
    const {
      broker,
      acks,
      lingerMs,
      partitions,
      producers,
      idempotent = false,
      commit = 'after',
      client,
      compression,
    } = target as StreamTarget;
    return {
      broker,
      client,
      durability: 'written by one broker, not flushed to disk for each message',
      acks: String(acks),
      lingerMs,
      partitions,
      producers,
      commits: commit === 'after' ? 'after the effect, every 200 ms' : 'before the effect, in batches',
      batching: `what is pending when a produce request leaves; at most ${idempotent ? 1 : mostRequestsInFlight} of them in flight a producer`,
      order: 'a key stays with one producer; what is sent again after a failure comes later',
      retries: idempotent ? 'by the producer, idempotent' : 'none by the client, not idempotent',
      codec: codecLabel(compression, 'record batches, compressed by the producer'),
      tls: false,
    };
  },
};
