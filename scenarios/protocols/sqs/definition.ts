/** Targets of Amazon SQS. */
import { z } from 'zod';
import { batch, resolveBatch } from '../../schema/batch-schema.ts';
import { checkBrokered } from '../../schema/check-brokered.ts';
import { checkCodec } from '../../schema/check-codec.ts';
import { compression, resolveCompression, smallestBody } from '../../schema/compression-schema.ts';
import { credential, duration, lineText, object, wholeNumber } from '../../schema/fields.ts';
import { checkProducers, checkSpread, producers, spreadShape } from '../../schema/spread-schema.ts';
import {
  connections,
  messageCodec,
  nativeOnly,
  onRefusal,
  ownOr,
  requests,
  sharedShape,
} from '../../schema/target-fields.ts';
import { defineProtocol } from '../protocol-definition.ts';
import { checkPayloads, checkReceives, checkSending, checkSigning } from './check-target.ts';
import { sqsFacts } from './facts.ts';
import { sqsRequest } from './request-schema.ts';
import type { SqsTarget } from './target.ts';

export const sqs = defineProtocol({
  name: 'queue',
  facts: sqsFacts,
  describes: 'A queue.',
  shape: {
    broker: z.literal('sqs').describe('Amazon SQS; for our reference service ElasticMQ, which speaks its protocol.'),
    fifo: z.boolean().default(false).describe('A FIFO queue, grouped by key; a retry is the same message to it.'),
    connections: connections(32, 1_000),
    polls: wholeNumber(1, 100)
      .default(4)
      .describe(
        'Long polls at once, up to ten messages each: of each service, and of each load thread for its replies.',
      ),
    waitTime: duration('0ms', '20s').prefault('20s').describe('How long a poll waits for a message, whole seconds.'),
    visibilityTimeout: duration('1s', '12h')
      .prefault('30s')
      .describe('A message that was received and not deleted is there again after so long, whole seconds.'),
    maxReceives: wholeNumber(1, 1_000)
      .optional()
      .describe(
        'A message that was received so often and not deleted goes to a queue of dead letters of the trial’s own. Left out: with onRefusal: deadLetter 3, else it comes for ever.',
      ),
    onRefusal,
    prefetch: wholeNumber(1, 65_535)
      .default(100)
      .describe(
        'Messages that our service has received and not deleted at most; never more than it has places (concurrency and waiting).',
      ),
    batch: batch(sqsFacts.batches),
    codec: messageCodec,
    compression: compression(sqsFacts.codecs, smallestBody),
    client: z.enum(['own', 'aws-sdk']).default('own').describe(ownOr('Amazon’s SDK, which then sends')),
    ...spreadShape('queue'),
    producers,
    engine: nativeOnly,
    ...sharedShape(sqsFacts.exampleAddress),
    region: lineText.min(1).optional().describe('Own system: for the signature. Left out: as the host says.'),
    accessKeyId: credential
      .optional()
      .describe('Own system: requests are signed with it, best from the environment. Left out: they are not signed.'),
    secretAccessKey: credential
      .optional()
      .describe('Own system: of the access key. Left out: requests are not signed.'),
    sessionToken: credential.optional().describe('Own system: of credentials that end by themselves. Left out: none.'),
    requests: requests(sqsRequest),
    consume: z
      .boolean()
      .default(false)
      .describe('Own system: operations complete when the harness has received the message. The queue must be empty.'),
    reply: object({ queue: lineText.min(1).max(1_024).describe('Queue on which the answers come, by name or URL.') })
      .optional()
      .describe('Own system: operations complete at the reply, which carries the attribute wirebench-correlation.'),
  },
  forOwnSystems: ['consume', 'reply', 'region', 'accessKeyId', 'secretAccessKey', 'sessionToken'],
  forOurService: [
    'topics',
    'consumers',
    'producers',
    'fifo',
    'visibilityTimeout',
    'maxReceives',
    'onRefusal',
    'prefetch',
  ],
  check(context, target) {
    checkCodec(context, target);
    checkSpread(context, target);
    checkProducers(context, target);
    checkBrokered(context, { ...target, deadLetter: undefined });
    checkReceives(context, target);
    checkSending(context, target);
    checkPayloads(context, target);
    checkSigning(context, target);
  },
  resolve(target, alike): SqsTarget {
    const { compression, batch, waitTime, visibilityTimeout, maxReceives, fifo, client, ...rest } = target;
    const usualReceives = target.onRefusal === 'deadLetter' ? 3 : undefined;
    const receives = maxReceives ?? usualReceives;
    return {
      ...rest,
      waitTimeMs: waitTime,
      visibilityTimeoutMs: visibilityTimeout,
      ...(fifo && { fifo }),
      ...(client !== 'own' && { client }),
      ...(receives !== undefined && { maxReceives: receives }),
      ...resolveBatch(batch),
      ...resolveCompression(compression),
      ...alike,
    };
  },
  takes({ consume, reply, requests = {} }) {
    const consumed = consume ? [...new Set(Object.values(requests).map(({ queue }) => queue))] : [];
    const queues = reply === undefined ? consumed : [reply.queue];
    return queues.length === 0 ? null : `receives from ${queues.join(', ')}; refused when it holds messages of others`;
  },
});
