/** Targets of AMQP 0-9-1. */
import { z } from 'zod';
import { batch, resolveBatch } from '../../schema/batch-schema.ts';
import { checkBrokered } from '../../schema/check-brokered.ts';
import { checkCodec } from '../../schema/check-codec.ts';
import { checkCompression } from '../../schema/check-compression.ts';
import { clientSettings, queueDefaults, settingsOf } from '../../schema/client-settings.ts';
import { compression, resolveCompression, smallestBody } from '../../schema/compression-schema.ts';
import { credential, duration, lineText, object, wholeNumber } from '../../schema/fields.ts';
import { checkProducers, checkSpread, producers, spreadShape } from '../../schema/spread-schema.ts';
import { checkState, stateKeys, stateShape } from '../../schema/state-schema.ts';
import { subscription } from '../../schema/subscription-schema.ts';
import { brokerAmong, messageCodec, nativeOnly, onRefusal, requests, sharedShape } from '../../schema/target-fields.ts';
import { defineProtocol } from '../protocol-definition.ts';
import {
  checkAcknowledgements,
  checkConsumed,
  checkCredentials,
  checkProperties,
  checkQueueKind,
  checkReplies,
} from './check-target.ts';
import { queueFacts } from './facts.ts';
import { queueRequest } from './request-schema.ts';
import type { QueueKind, QueueTarget } from './target.ts';

const bind = object({
  exchange: lineText.min(1).max(255).describe('Exchange that exists.'),
  routingKey: lineText
    .max(255)
    .default('')
    .describe('Routing key of the binding, with the wildcards of a topic exchange.'),
}).describe('How the exclusive queue is bound; it goes with the connection, and takes nothing from anybody.');

export const queue = defineProtocol({
  name: 'queue',
  facts: queueFacts,
  describes: 'AMQP 0-9-1.',
  shape: {
    broker: brokerAmong(queueFacts.brokers),
    settings: clientSettings,
    queue: object({
      type: z
        .enum(['classic', 'quorum', 'stream'])
        .default('classic')
        .describe(
          'classic: one node keeps it; quorum: a log that is flushed before a confirm, on each node there is; stream: a log that keeps what was read, and takes nothing back.',
        ),
      deliveryLimit: wholeNumber(1, 1_000)
        .optional()
        .describe(
          'Of a quorum queue: a message that was given back so often goes to a queue of dead letters of the trial’s own. Left out: it comes for ever.',
        ),
      startAt: z
        .enum(['stored', 'first', 'next'])
        .optional()
        .meta({ default: 'stored' })
        .describe(
          'Of a stream: where our service begins, also after it was killed. stored: at the place that it keeps after the effect, every 200 ms; first: with the whole stream again; next: with what comes from then on.',
        ),
    })
      .optional()
      .describe('The queue of our service. Left out: classic.'),
    durable: z.boolean().optional().meta({ default: true }).describe('Durable queues and persistent messages.'),
    confirms: z
      .boolean()
      .optional()
      .meta({ default: true })
      .describe('Publisher confirms: acknowledged means that the broker has it.'),
    ack: z
      .enum(['manual', 'auto'])
      .default('manual')
      .describe(
        'When our service’s messages leave the queue: manual, after their effect; auto, as they are sent to it.',
      ),
    onRefusal,
    deadLetter: object({ exchange: lineText.min(1).max(255).describe('Exchange that exists.') })
      .optional()
      .describe(
        'With onRefusal: deadLetter. Left out: an exchange and a queue of the trial’s own, whose messages are counted.',
      ),
    prefetch: wholeNumber(1, 65_535)
      .optional()
      .meta({ default: 100 })
      .describe(
        'Messages that a consumer has unacknowledged at most; of our service never more than it has places (concurrency and waiting).',
      ),
    ackBatch: object({
      every: wholeNumber(1, 65_535).default(1).describe('Messages that one acknowledgement of our service is for.'),
      linger: duration('1ms', '10s').prefault('10ms').describe('… or those that the first has waited so long with.'),
    })
      .optional()
      .describe('Multiple acknowledgements, with ack: manual. Left out: each message by itself.'),
    confirmWindow: wholeNumber(1, 1_000_000)
      .optional()
      .describe('Messages published and not yet confirmed, at most, for each load thread. Left out: no bound.'),
    batch: batch(queueFacts.batches),
    codec: messageCodec,
    compression: compression(queueFacts.codecs, smallestBody),
    ...spreadShape('queue'),
    ...stateShape(['stream']),
    producers,
    subscription: subscription('queue'),
    engine: nativeOnly,
    ...sharedShape(queueFacts.exampleAddress),
    user: credential.optional().describe('Own system: who logs in. Left out: as the address says, else guest.'),
    password: credential
      .optional()
      .describe('Own system: of the user; best from the environment. Left out: as the address says, else guest.'),
    vhost: lineText
      .min(1)
      .max(255)
      .optional()
      .describe('Own system: virtual host. Left out: as the address says, else /.'),
    requests: requests(queueRequest),
    consume: z
      .union([z.boolean(), object({ bind })], { error: 'expected true, false or { bind: { exchange, routingKey } }' })
      .default(false)
      .describe(
        'Own system: operations complete when the harness’s own consumer has the message. true: it takes the messages from the queue of the request; bind: from an exclusive queue of its own.',
      ),
    existing: z
      .enum(['refuse', 'discard'])
      .optional()
      .meta({ default: 'refuse' })
      .describe(
        'A queue that consume or reply takes from holds messages of others. refuse: they stay, and the run ends; discard: they are lost.',
      ),
    reply: object({ queue: lineText.min(1).max(255).describe('Queue on which the answers come.') })
      .optional()
      .describe('Own system: operations complete at the reply.'),
    replies: z
      .enum(['queue', 'direct'])
      .optional()
      .meta({ default: 'queue' })
      .describe(
        'How the answers of a request–reply come. queue: on one of the connection’s own (own system: as `reply` says); direct: RabbitMQ’s direct reply-to, without a queue.',
      ),
  },
  forOwnSystems: ['consume', 'reply', 'existing', 'user', 'password', 'vhost'],
  forOurService: [
    'topics',
    'consumers',
    'producers',
    'ack',
    'queue',
    'onRefusal',
    'deadLetter',
    'ackBatch',
    'subscription',
    ...stateKeys,
  ],
  check(context, target) {
    checkCodec(context, target);
    checkSpread(context, target);
    checkState(context, target);
    checkProducers(context, target);
    checkCompression(context, target);
    checkBrokered(context, target);
    checkAcknowledgements(context, target);
    checkQueueKind(context, target);
    if (target.address === undefined) return;
    checkCredentials(context, target, target.address);
    checkReplies(context, target);
    checkConsumed(context, target);
    checkProperties(context, target);
  },
  resolve(target, alike, { brokers }): QueueTarget {
    const { settings, compression, batch, ackBatch, queue, ...rest } = target;
    const { ackBatch: usualAcks, batch: usualBatch, ...usual } = queueDefaults(target);
    const { durable = usual.durable, confirms = usual.confirms, prefetch = usual.prefetch } = target;
    const written = ackBatch && { every: ackBatch.every, lingerMs: ackBatch.linger };
    const acks = written === undefined ? usualAcks : written.every > 1 ? written : undefined;
    const gathered = batch === undefined ? usualBatch && { batch: usualBatch } : resolveBatch(batch);
    return {
      ...rest,
      ...settingsOf(settings, target),
      ...(queue !== undefined && { queue: resolveQueue(queue) }),
      ...(queue?.type === 'quorum' && brokers > 1 && target.address === undefined && { replicas: brokers }),
      durable,
      confirms,
      prefetch,
      ...gathered,
      ...(acks && { ackBatch: acks }),
      ...resolveCompression(compression),
      ...alike,
    };
  },
  takes({ consume, reply, requests = {}, existing }) {
    if (typeof consume === 'object') {
      const { exchange, routingKey } = consume.bind;
      return `consumes from an exclusive queue of its own, bound to ${exchange} by "${routingKey}"`;
    }
    const consumed = consume ? [...new Set(Object.values(requests).map(({ routingKey }) => routingKey))] : [];
    const queues = reply === undefined ? consumed : [reply.queue];
    if (queues.length === 0) return null;
    const others =
      existing === 'discard' ? 'what is there of others is lost' : 'refused when it holds messages of others';
    return `takes messages from ${queues.join(', ')}; ${others}`;
  },
});

function resolveQueue({
  type,
  deliveryLimit,
  startAt,
}: Pick<QueueKind, 'type'> & {
  deliveryLimit?: number | undefined;
  startAt?: QueueKind['startAt'] | undefined;
}): QueueKind {
  return {
    type,
    ...(deliveryLimit !== undefined && { deliveryLimit }),
    ...(startAt !== undefined && { startAt }),
  };
}
