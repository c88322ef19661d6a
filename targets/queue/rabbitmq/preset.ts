import { beside } from '../../../result/beside.ts';
import type { QueueKind, QueueRequest, QueueTarget } from '../../../scenarios/scenario.ts';
import { unboundedPrefetch } from '../../../scenarios/schema/client-settings.ts';
import type { ProtocolEntry } from '../../driver.ts';
import { batchLabel } from '../../driver-kit/batch-label.ts';
import { brokerMessage, brokerResourceNames } from '../../driver-kit/broker-preset.ts';
import { compressionLabel, payloadCodecLabel } from '../../driver-kit/codec-label.ts';
import { presetRequests } from '../../driver-kit/preset-requests.ts';
import { refusalLabel } from '../../driver-kit/refusal-label.ts';
import { settingsLabel } from '../../driver-kit/settings-label.ts';
import { stateSettings } from '../../driver-kit/state-label.ts';
import { tlsLabel } from '../../driver-kit/tls-label.ts';
import { rabbitmqDriver } from './driver.ts';
import { beyondPlace, QueueBacklog, readyIn } from './queue-backlog.ts';
import { rabbitmqSubscriber } from './subscriber.ts';

export const rabbitmqEntry: ProtocolEntry = {
  driver: rabbitmqDriver,
  subscriber: rabbitmqSubscriber,
  evolution: async () => (await import('./evolution-wire.ts')).rabbitmqEvolutionWire,
  servicePath: beside(import.meta.url, 'service'),
  resourceNames(trialTag, target) {
    const names = { ...brokerResourceNames(trialTag, target), events: `wirebench-${trialTag}-events` };
    const isStream = (target as QueueTarget | undefined)?.queue?.type === 'stream';
    return isStream ? { ...names, place: `wirebench-${trialTag}-place` } : names;
  },
  backlog: {
    counts: 'messages ready in the queue; of a stream those beyond the place that the service has kept',
    open: (address, { requests = '', place }) =>
      new QueueBacklog(address, place === undefined ? readyIn(requests) : beyondPlace(requests, place)),
    openDeadLetters: (address, names) => new QueueBacklog(address, readyIn(names.deadLetters ?? '')),
  },
  preset(target, names, operations) {
    const { codec } = target as QueueTarget;
    const requests = presetRequests(operations, (operation, _isHandedOver, version, isPublished): QueueRequest => {
      const { headers, payload, encoded } = brokerMessage(operation, codec, version);
      const place = isPublished
        ? { exchange: names.events ?? '', routingKey: '' }
        : { exchange: '', routingKey: names.requests ?? '' };
      return { ...place, headers, body: payload, ...encoded };
    });
    return { requests, settings: { reply: { queue: names.replies } } };
  },
  semantics(target) {
    const {
      broker,
      confirms,
      ack = 'manual',
      prefetch,
      compression,
      codec,
      batch,
      ackBatch,
      queue,
      confirmWindow,
      address,
      consume,
      reply,
      replies = 'queue',
    } = target as QueueTarget;
    const own = address !== undefined;
    const isDirect = replies === 'direct';
    const isAnswered = !own || reply !== undefined || isDirect;
    const isConsumedApart = isDirect ? false : !own || consume !== false || reply !== undefined;
    const consumes = !own || consume || reply !== undefined;
    const consumerAcks =
      queue?.type === 'stream'
        ? 'consumer acks that only make room for more'
        : ack === 'auto'
          ? 'none by the consumer'
          : 'manual consumer acks after the effect';
    return {
      broker: own ? null : broker,
      settings: settingsLabel(target as QueueTarget),
      durability: own ? null : durabilityOf(target as QueueTarget),
      acks: [
        confirms ? 'publisher confirms' : 'publishes count as acknowledged when handed to the socket',
        ...(own ? [] : [consumerAcks]),
      ].join(', '),
      ...(isAnswered && { replies: `by correlation id, ${isDirect ? 'direct reply-to' : replyPlace(reply, own)}` }),
      ...(consumes && {
        prefetch: own ? null : ack === 'auto' || prefetch === unboundedPrefetch ? 'unbounded' : prefetch,
      }),
      ...(!own && { refused: refusalLabel(target as QueueTarget) }),
      ...stateSettings(target, 'a stream'),
      ...(queue?.type === 'stream' && { resumes: resumesText[queue.startAt ?? 'stored'] }),
      ...(batch !== undefined && { batching: batchLabel(batch) }),
      ...(confirmWindow !== undefined && { confirmWindow }),
      ...(ackBatch !== undefined && { consumerAcks: `one for ${ackBatch.every}, or after ${ackBatch.lingerMs} ms` }),
      connections: null, // counted once they are open
      connectionUse: `a load worker: one publishes${isConsumedApart ? ', one consumes what comes back' : ''}${own ? '' : '; service: one publishes, one consumes'}`,
      compression: compression?.codec ?? 'none',
      codec: `${payloadCodecLabel(codec, 'payload as it is')}, ${compressionLabel(compression, 'message bodies one by one, packed as they are sent')}`,
      tls: tlsLabel(target),
    };
  },
};

const resumesText: Readonly<Record<NonNullable<QueueKind['startAt']>, string>> = {
  stored: 'at the place that it has kept after the effect, every 200 ms',
  first: 'with the whole stream',
  next: 'with what comes from then on',
};

function replyPlace(reply: QueueTarget['reply'], own: boolean): string {
  return own ? `on ${reply?.queue}` : 'on a queue of each connection’s own';
}

function durabilityOf({ durable, queue, replicas = 1 }: QueueTarget): string {
  if (replicas > 1) return `quorum queue on ${replicas} nodes, persistent messages, flushed by a majority of them`;
  if (queue?.type === 'quorum') return 'quorum queue on one node, persistent messages, flushed';
  if (queue?.type === 'stream') return 'stream, written by its node, not flushed to disk for each message';
  return durable ? 'durable queue, persistent messages' : 'transient';
}
