/** Targets of Kafka. */
import { z } from 'zod';
import { batch, resolveStreamBatch } from '../../schema/batch-schema.ts';
import { checkBrokered } from '../../schema/check-brokered.ts';
import { checkCodec } from '../../schema/check-codec.ts';
import { checkCompression } from '../../schema/check-compression.ts';
import { clientSettings, settingsOf, streamDefaults } from '../../schema/client-settings.ts';
import { compression, resolveCompression } from '../../schema/compression-schema.ts';
import { duration, lineText, object, wholeNumber } from '../../schema/fields.ts';
import { saslSchema } from '../../schema/sasl-schema.ts';
import { checkSpread, spreadShape } from '../../schema/spread-schema.ts';
import { checkState, stateKeys, stateShape } from '../../schema/state-schema.ts';
import { subscription } from '../../schema/subscription-schema.ts';
import { brokerAmong, messageCodec, nativeOnly, requests, sharedShape } from '../../schema/target-fields.ts';
import type { OnRefusalOfStream } from '../../target-base.ts';
import { defineProtocol } from '../protocol-definition.ts';
import { checkProducer, checkRefusals, checkTopics, checkTransactions } from './check-target.ts';
import { streamFacts } from './facts.ts';
import { streamRequest } from './request-schema.ts';
import type { StreamCommit, StreamGroup, StreamTarget } from './target.ts';

const sasl = saslSchema.describe('Own system: how the clients log in. Left out: they do not.');

const group = object({
  member: z
    .enum(['static', 'dynamic'] satisfies StreamGroup['member'][])
    .default('static')
    .describe(
      'static (group.instance.id): one that is gone is expected back, and its partitions wait for it as long as its session; dynamic: one that is back is another one.',
    ),
  assignment: z
    .enum(['eager', 'cooperative'] satisfies StreamGroup['assignment'][])
    .default('eager')
    .describe(
      'With each change of members all give all of their partitions away and are given some, or only those that are to be another’s change hands.',
    ),
  sessionTimeout: duration('1s', '30m')
    .optional()
    .meta({ default: '6s' })
    .describe(
      'Who is not heard of for so long has its partitions taken over. Default: 6s with several instances, else 60s.',
    ),
}).describe('How the instances of our service are a consumer group. Left out: static members, eager.');

const usualRetries = 3;
const usualTransactionTimeoutMs = 5_000;

function resolveGroup({ sessionTimeout, ...rest }: z.output<typeof group>): StreamGroup {
  return { ...rest, ...(sessionTimeout !== undefined && { sessionTimeoutMs: sessionTimeout }) };
}

export const stream = defineProtocol({
  name: 'stream',
  facts: streamFacts,
  describes: 'Kafka.',
  shape: {
    broker: brokerAmong(streamFacts.brokers),
    settings: clientSettings,
    acks: z
      .union([z.literal('all'), z.literal(0), z.literal(1)], { error: 'expected all, 0 or 1' })
      .default('all')
      .describe('What a producer waits for: all in-sync replicas, the leader (1), or nothing (0).'),
    linger: duration('0ms', '10s').optional().describe('How long a producer gathers a batch. Left out: 0ms.'),
    partitions: wholeNumber(1, 1_000).default(3).describe('Partitions of the topics.'),
    producers: wholeNumber(1, 100).default(1).describe('Producer clients, over all load threads.'),
    idempotent: z
      .boolean()
      .optional()
      .meta({ default: false })
      .describe('The producer sends a batch again by itself, and the broker knows it again. Needs acks: all.'),
    commit: z
      .enum(['after', 'before', 'transaction'] satisfies StreamCommit[])
      .default('after')
      .describe(
        'When our service commits the offset of a record: after its effect, before it begins, or in one transaction with what it writes because of it, which needs `produces: true`.',
      ),
    group: group.optional(),
    produces: z
      .boolean()
      .default(false)
      .describe(
        'Our service writes a record of each operation that it has done to a topic of the trial’s own: consume, transform, produce. A read-committed reader holds them against what was acknowledged.',
      ),
    transactionTimeout: duration('1s', '5m')
      .optional()
      .meta({ default: '5s' })
      .describe('With commit: transaction: the broker ends one that is open for so long. Default: 5s.'),
    onRefusal: z
      .enum(['requeue', 'block', 'retryTopic', 'deadLetter', 'drop'] satisfies OnRefusalOfStream[])
      .optional()
      .meta({ default: 'requeue' })
      .describe(
        'What becomes of a record that our service refuses and for which nobody waits. requeue: it is tried again after a while, what is behind it goes on and is not committed; block: likewise, and nothing behind it in its partition is begun; retryTopic: it is written to a topic of the trial’s own, read there after a while, and a dead letter after `retries`; deadLetter: it goes where `deadLetter` says; drop: it is gone.',
      ),
    retries: wholeNumber(1, 100)
      .optional()
      .meta({ default: usualRetries })
      .describe('With onRefusal: retryTopic: how often a record goes through that topic before it is a dead letter.'),
    deadLetter: object({ topic: lineText.min(1).max(249).describe('Topic that exists.') })
      .optional()
      .describe('With onRefusal: deadLetter. Left out: a topic of the trial’s own, whose records are counted.'),
    maxInFlight: wholeNumber(1, 100)
      .optional()
      .meta({ default: 5 })
      .describe('Produce requests under way, for each producer. Default: 5, with idempotent 1.'),
    batch: batch(streamFacts.batches),
    codec: messageCodec,
    compression: compression(streamFacts.codecs, {}),
    client: z.enum(['platformatic', 'kafkajs']).default('platformatic').describe('The client library.'),
    ...spreadShape('topic'),
    subscription: subscription('consumer group'),
    ...stateShape(['full', 'compacted']),
    engine: nativeOnly,
    ...sharedShape(streamFacts.exampleAddress),
    sasl: sasl.optional(),
    requests: requests(streamRequest),
    consume: z
      .boolean()
      .default(false)
      .describe(
        'Own system: operations complete when the harness’s own consumer has the message, not at the acknowledgement.',
      ),
    reply: object({ topic: lineText.min(1).max(249).describe('Topic on which the answers come.') })
      .optional()
      .describe('Own system: operations complete at the reply.'),
  },
  forOwnSystems: ['consume', 'reply', 'sasl'],
  forOurService: [
    'topics',
    'consumers',
    'commit',
    'group',
    'produces',
    'transactionTimeout',
    'onRefusal',
    'retries',
    'deadLetter',
    'subscription',
    ...stateKeys,
  ],
  check(context, target) {
    checkCodec(context, target);
    checkSpread(context, target);
    checkState(context, target);
    checkCompression(context, target);
    checkBrokered(context, target);
    checkProducer(context, target);
    checkRefusals(context, target);
    checkTransactions(context, target);
    if (target.address !== undefined) checkTopics(context, target);
  },
  resolve(target, alike, { brokers }): StreamTarget {
    const { settings, linger, compression, batch, retries, produces, transactionTimeout, group, ...rest } = target;
    const replicas = target.address === undefined ? brokers : 1;
    const usual = streamDefaults(target, replicas);
    return {
      ...rest,
      ...settingsOf(settings, target),
      idempotent: target.idempotent ?? usual.idempotent,
      ...(replicas > 1 && { replicas }),
      ...(group && { group: resolveGroup(group) }),
      ...(produces && { produces }),
      ...(target.commit === 'transaction' && { transactionTimeoutMs: transactionTimeout ?? usualTransactionTimeoutMs }),
      ...(target.onRefusal === 'retryTopic' && { retries: retries ?? usualRetries }),
      ...resolveStreamBatch(batch, linger, usual),
      ...resolveCompression(compression),
      ...alike,
    };
  },
  takes: ({ consume, reply }) =>
    consume || reply !== undefined ? 'reads as a consumer group of its own, and commits nothing' : null,
});
