/** Targets of HTTP. */
import { z } from 'zod';
import { batch, resolveBatch } from '../../schema/batch-schema.ts';
import { checkBatchedCalls } from '../../schema/check-batch.ts';
import { checkCodec } from '../../schema/check-codec.ts';
import { checkCompression } from '../../schema/check-compression.ts';
import { compression, resolveCompression, smallestBody } from '../../schema/compression-schema.ts';
import { checkGateway, gatewaySchema, resolveGateway } from '../../schema/gateway-schema.ts';
import { connections, ownOr, payloadCodec, requests, sharedShape } from '../../schema/target-fields.ts';
import { defineProtocol, type TargetCheck } from '../protocol-definition.ts';
import { restFacts } from './facts.ts';
import { restRequest } from './request-schema.ts';
import type { RestTarget } from './target.ts';

export const rest = defineProtocol({
  name: 'rest',
  facts: restFacts,
  describes: 'HTTP/1.1 with keep-alive.',
  shape: {
    connections: connections(64, 10_000),
    client: z.enum(['own', 'undici']).default('own').describe(ownOr('undici')),
    batch: batch(restFacts.batches),
    codec: payloadCodec,
    compression: compression(restFacts.codecs, smallestBody),
    engine: z.enum(['native', 'autocannon']).default('native').describe('What generates the load.'),
    gateway: gatewaySchema.optional(),
    ...sharedShape(restFacts.exampleAddress),
    requests: requests(restRequest),
  },
  forOwnSystems: [],
  forOurService: ['gateway'],
  check(context, target) {
    checkGateway(context, target);
    checkCodec(context, target);
    checkBatchedCalls(context, target, 'undici');
    checkCompression(context, target);
    if (target.compression !== 'none') checkHeaders(context, target.requests);
  },
  resolve: ({ compression, batch, gateway, ...target }, alike): RestTarget => ({
    ...target,
    ...resolveCompression(compression),
    ...resolveBatch(batch),
    ...resolveGateway(gateway),
    ...alike,
  }),
});

/** Of an own system's requests. */
function checkHeaders({ report }: TargetCheck, requests: RestTarget['requests'] = {}): void {
  for (const [operation, request] of Object.entries(requests)) {
    for (const name of Object.keys(request.headers)) {
      if (!['content-encoding', 'accept-encoding'].includes(name.toLowerCase())) continue;
      const message = 'is what compression sets; leave one of them out';
      report({ path: ['requests', operation, 'headers', name], message, atKey: true });
    }
  }
}
