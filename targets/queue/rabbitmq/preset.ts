import { beside } from '../../../result/beside.ts';
import type { QueueRequest, QueueTarget } from '../../../scenarios/scenario.ts';
import { orderItemFields } from '../../domain/order-item.ts';
import { orderHeaders } from '../../domain/order-message.ts';
import type { ProtocolEntry } from '../../driver.ts';
import { batchLabel } from '../../driver-kit/batch-label.ts';
import { compressionLabel, payloadCodecLabel } from '../../driver-kit/codec-label.ts';
import { presetRequests } from '../../driver-kit/preset-requests.ts';
import { refusalLabel } from '../../driver-kit/refusal-label.ts';
import { tlsLabel } from '../../driver-kit/tls-label.ts';
import { rabbitmqDriver } from './driver.ts';
import { QueueBacklog } from './queue-backlog.ts';

export const rabbitmqEntry: ProtocolEntry = {
  driver: rabbitmqDriver,
  servicePath: beside(import.meta.url, 'service'),
  resourceNames: (trialTag) => ({
    requests: `wirebench-${trialTag}-requests`,
    replies: `wirebench-${trialTag}-replies`,
    deadLetters: `wirebench-${trialTag}-dead-letters`,
  }),
  backlog: {
    counts: 'messages ready in the queue',
    open: (address, names) => new QueueBacklog(address, names.requests ?? ''),
    openDeadLetters: (address, names) => new QueueBacklog(address, names.deadLetters ?? ''),
  },
  preset(target, names, operations) {
    const { codec } = target as QueueTarget;
    const requests = presetRequests(
      operations,
      (operation): QueueRequest => ({
        exchange: '',
        routingKey: names.requests ?? '',
        headers: codec === undefined ? orderHeaders(operation) : {},
        body: operation.carriesPayload ? '{{payload}}' : '',
        ...(codec !== undefined && { encoded: { codec, fields: orderItemFields(operation, false) } }),
      }),
    );
    return { requests, settings: { reply: { queue: names.replies } } };
  },
  semantics(target) {
    const {
      broker,
      durable,
      confirms,
      ack = 'manual',
      prefetch,
      compression,
      codec,
      batch,
      ackBatch,
      confirmWindow,
      address,
      consume,
      reply,
    } = target as QueueTarget;
    const own = address !== undefined;
    const consumes = !own || consume || reply !== undefined;
    const consumerAcks = ack === 'auto' ? 'none by the consumer' : 'manual consumer acks after the effect';
    return {
      broker: own ? null : broker,
      durability: own ? null : durable ? 'durable queue, persistent messages' : 'transient',
      acks: [
        confirms ? 'publisher confirms' : 'publishes count as acknowledged when handed to the socket',
        ...(own ? [] : [consumerAcks]),
      ].join(', '),
      ...((!own || reply !== undefined) && {
        replies: own ? `by correlation id on ${reply?.queue}` : 'by correlation id on a queue of each connection’s own',
      }),
      ...(consumes && { prefetch: own ? null : ack === 'auto' ? 'unbounded' : prefetch }),
      ...(!own && { refused: refusalLabel(target as QueueTarget) }),
      ...(batch !== undefined && { batching: batchLabel(batch) }),
      ...(confirmWindow !== undefined && { confirmWindow }),
      ...(ackBatch !== undefined && { consumerAcks: `one for ${ackBatch.every}, or after ${ackBatch.lingerMs} ms` }),
      connections: 'one a load worker, one channel on it',
      compression: compression?.codec ?? 'none',
      codec: `${payloadCodecLabel(codec, 'payload as it is')}, ${compressionLabel(compression, 'message bodies one by one, packed as they are sent')}`,
      tls: tlsLabel(target),
    };
  },
};
