import { beside } from '../../../result/beside.ts';
import type { SqsRequest, SqsTarget } from '../../../scenarios/scenario.ts';
import type { ProtocolEntry } from '../../driver.ts';
import { batchLabel } from '../../driver-kit/batch-label.ts';
import { brokerMessage, brokerResourceNames } from '../../driver-kit/broker-preset.ts';
import { clientLabel } from '../../driver-kit/client-label.ts';
import { compressionLabel, payloadCodecLabel } from '../../driver-kit/codec-label.ts';
import { presetRequests } from '../../driver-kit/preset-requests.ts';
import { tlsLabel } from '../../driver-kit/tls-label.ts';
import { sqsDriver } from './driver.ts';
import { SqsBacklog } from './queue-backlog.ts';

export const sqsEntry: ProtocolEntry = {
  driver: sqsDriver,
  servicePath: beside(import.meta.url, 'service'),
  /** SQS knows a FIFO queue by the end of its name. */
  resourceNames(trialTag, target) {
    const names = brokerResourceNames(trialTag);
    if ((target as SqsTarget).fifo !== true) return names;
    return { ...names, requests: `${names.requests}.fifo`, deadLetters: `${names.deadLetters}.fifo` };
  },
  backlog: {
    counts: 'messages in the queue, those in flight among them',
    open: (address, names) => new SqsBacklog(address, names.requests ?? ''),
    openDeadLetters: (address, names) => new SqsBacklog(address, names.deadLetters ?? ''),
  },
  preset(target, names, operations) {
    const { codec, fifo } = target as SqsTarget;
    const requests = presetRequests(operations, (operation, _isHandedOver, version): SqsRequest => {
      const { headers, payload, encoded } = brokerMessage(operation, codec, version);
      // A retry is the same message to SQS, which drops what it has had within five minutes.
      const order = fifo === true ? { groupId: '{{key}}', deduplicationId: '{{id}}' } : {};
      return { queue: names.requests ?? '', attributes: headers, body: payload, ...encoded, ...order };
    });
    return { requests, settings: { reply: { queue: names.replies } } };
  },
  semantics(target) {
    const { address, fifo, visibilityTimeoutMs, waitTimeMs, polls, prefetch, maxReceives, onRefusal } =
      target as SqsTarget;
    const { batch, compression, codec, client = 'own', connections, reply, consume } = target as SqsTarget;
    const own = address !== undefined;
    const receives = !own || consume || reply !== undefined;
    const aside = maxReceives === undefined ? 'for ever' : `at most ${maxReceives} times, then dead letters`;
    return {
      broker: own ? null : 'ElasticMQ in the place of Amazon SQS: its latencies are not Amazon’s',
      durability: own ? null : 'in the memory of ElasticMQ; Amazon keeps messages in several places',
      queue: own ? null : fifo ? 'FIFO, grouped by key' : 'standard',
      acks: `each send is acknowledged${own ? '' : ', messages are deleted after the effect'}`,
      ...(receives && {
        replies: own
          ? `by an attribute on ${reply?.queue ?? 'the queue itself'}`
          : 'by an attribute on a queue of each load thread’s own',
        receiving: `${polls} long polls of ${waitTimeMs / 1e3} s, up to 10 messages each`,
      }),
      ...(!own && {
        visibilityTimeout: `${visibilityTimeoutMs / 1e3} s`,
        inHand: prefetch,
        refused: onRefusal === 'drop' ? 'dropped' : `tried again after 200 ms, ${aside}`,
      }),
      client: clientLabel(client, client === 'own' ? null : '@aws-sdk/client-sqs'),
      ...(batch !== undefined && { batching: batchLabel(batch) }),
      connections,
      compression: compression?.codec ?? 'none',
      codec: `${payloadCodecLabel(codec, 'payload as it is')}, ${compressionLabel(compression, 'message bodies one by one, in base64')}`,
      tls: tlsLabel(target),
    };
  },
};
