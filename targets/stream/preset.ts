import { beside } from '../../result/beside.ts';
import type { StreamCommit } from '../../scenarios/protocols/stream/target.ts';
import type { StreamRequest, StreamTarget } from '../../scenarios/scenario.ts';
import type { ProtocolEntry } from '../driver.ts';
import { batchLabel } from '../driver-kit/batch-label.ts';
import { brokerMessage, brokerResourceNames } from '../driver-kit/broker-preset.ts';
import { compressionLabel, payloadCodecLabel } from '../driver-kit/codec-label.ts';
import { presetRequests } from '../driver-kit/preset-requests.ts';
import { refusalLabel } from '../driver-kit/refusal-label.ts';
import { settingsLabel } from '../driver-kit/settings-label.ts';
import { stateSettings } from '../driver-kit/state-label.ts';
import { tlsLabel } from '../driver-kit/tls-label.ts';
import { streamDriver } from './driver.ts';
import { GroupLag } from './group-lag.ts';
import { mostRequestsInFlight } from './producer-lane.ts';
import { streamSubscriber } from './subscriber.ts';

const commitLabels = {
  after: 'after the effect, every 200 ms',
  before: 'before the effect, in batches',
  transaction: 'after the effect, in one transaction with what is produced',
} as const satisfies Record<StreamCommit, string>;

export const streamEntry: ProtocolEntry = {
  driver: streamDriver,
  subscriber: streamSubscriber,
  evolution: async () => (await import('./evolution-wire.ts')).streamEvolutionWire,
  servicePath: beside(import.meta.url, 'service'),
  resourceNames(trialTag, target) {
    const names = brokerResourceNames(trialTag, target);
    const { onRefusal, produces = false } = (target ?? {}) as Partial<StreamTarget>;
    return {
      ...names,
      ...(onRefusal === 'retryTopic' && { retries: `wirebench-${trialTag}-retries` }),
      ...(produces && { outputs: `wirebench-${trialTag}-outputs` }),
    };
  },
  backlog: {
    counts: 'records beyond the offsets that the service has committed',
    open: (address, { requests = '', retries }) =>
      new GroupLag(address, retries === undefined ? [requests] : [requests, retries]),
    // Nobody commits anything of them, so all of them are beyond what was committed.
    openDeadLetters: (address, names) => new GroupLag(address, [names.deadLetters ?? '']),
  },
  outputs: {
    // Only where it is needed: kafkajs is no small library.
    read: async (...of) => (await import('./output-topic.ts')).streamOutputs.read(...of),
  },
  preset(target, names, operations) {
    const { codec } = target as StreamTarget;
    const requests = presetRequests(operations, (operation, _isHandedOver, version): StreamRequest => {
      const { headers, payload, encoded } = brokerMessage(operation, codec, version);
      return { topic: names.requests ?? '', key: '{{key}}', headers, value: payload, ...encoded };
    });
    return { requests, settings: { reply: { topic: names.replies } } };
  },
  semantics(target) {
    const {
      broker,
      acks,
      lingerMs,
      partitions,
      producers,
      idempotent = false,
      replicas = 1,
      batch,
      maxInFlight,
      commit = 'after',
      produces = false,
      client,
      compression,
      codec,
      address,
    } = target as StreamTarget;
    const own = address !== undefined;
    return {
      broker: own ? null : broker,
      settings: settingsLabel(target as StreamTarget),
      client,
      durability: own
        ? null
        : replicas === 1
          ? 'written by one broker, not flushed to disk for each message'
          : `written by ${replicas} brokers, 2 of them needed, not flushed to disk for each message`,
      acks: String(acks),
      lingerMs,
      partitions: own ? null : partitions,
      connections: null, // counted once they are open
      connectionUse: 'each producer, and each consumer of replies, its own to every broker it asks',
      producers: replicas === 1 ? producers : producers * partitions,
      ...(!own && {
        commits: commitLabels[commit],
        ...(produces && { produces: 'a record of each operation done' }),
        refused: refusalLabel(target as StreamTarget),
      }),
      batching: `${batch === undefined ? 'what is pending when a produce request leaves' : batchLabel(batch)}; at most ${maxInFlight ?? (idempotent ? 1 : mostRequestsInFlight)} requests in flight a producer`,
      ...stateSettings(target, 'a topic of one partition'),
      order: 'a key stays with one producer; what is sent again after a failure comes later',
      retries: idempotent ? 'by the producer, idempotent' : 'none by the client, not idempotent',
      compression: compression?.codec ?? 'none',
      codec: `${payloadCodecLabel(codec, 'payload as it is')}, ${compressionLabel(compression, 'record batches, compressed by the producer')}`,
      tls: tlsLabel(target),
    };
  },
};
