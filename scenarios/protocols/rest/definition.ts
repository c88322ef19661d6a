/** Targets of HTTP. */
import { z } from 'zod';
import { batch, resolveBatch } from '../../schema/batch-schema.ts';
import { cacheSchema, checkCache, resolveCache } from '../../schema/cache-schema.ts';
import { targetChainSchema } from '../../schema/chain-schema.ts';
import { checkBatchedCalls } from '../../schema/check-batch.ts';
import { checkCodec } from '../../schema/check-codec.ts';
import { checkCompression } from '../../schema/check-compression.ts';
import { compression, resolveCompression, smallestBody } from '../../schema/compression-schema.ts';
import { resolveConnections, reusedConnections, type WrittenConnections } from '../../schema/connections-schema.ts';
import { lineText, wholeNumber } from '../../schema/fields.ts';
import { targetFlowSchema } from '../../schema/flow-schema.ts';
import { checkGateway, gatewaySchema, resolveGateway } from '../../schema/gateway-schema.ts';
import { pollablePushSchema, resolvePush } from '../../schema/push-schema.ts';
import { ownOr, payloadCodec, requests, sharedShape } from '../../schema/target-fields.ts';
import { defineProtocol, type TargetCheck } from '../protocol-definition.ts';
import { checkBodies } from './check-bodies.ts';
import { restFacts } from './facts.ts';
import { restRequest, type WrittenRequests } from './request-schema.ts';
import { resolveRequests } from './resolve-requests.ts';
import type { RestTarget } from './target.ts';

export const rest = defineProtocol({
  name: 'rest',
  facts: restFacts,
  describes: 'HTTP/1.1 with keep-alive, or HTTP/2.',
  shape: {
    http: z
      .literal([1, 2])
      .optional()
      .meta({ default: 1 })
      .describe(
        'Own system: 1 is HTTP/1.1; 2 is HTTP/2, by ALPN over TLS, in clear by prior knowledge, with all requests at a time on few connections (2 or so).',
      ),
    connections: reusedConnections(64, 10_000),
    client: z.enum(['own', 'undici']).default('own').describe(ownOr('undici')),
    batch: batch(restFacts.batches),
    codec: payloadCodec,
    compression: compression(restFacts.codecs, smallestBody),
    engine: z.enum(['native', 'autocannon']).default('native').describe('What generates the load.'),
    gateway: gatewaySchema.optional(),
    cache: cacheSchema.optional(),
    chain: targetChainSchema.optional(),
    push: pollablePushSchema.optional(),
    flow: targetFlowSchema.optional(),
    ...sharedShape(restFacts.exampleAddress),
    followRedirects: wholeNumber(1, 20)
      .optional()
      .describe(
        'Own system: redirects that an operation follows at most, within its latency, to allowed hosts, and to another origin without its credentials. Left out: a redirect is an answer as others.',
      ),
    userAgent: lineText
      .regex(/^[\t\x20-\x7e]+$/, { error: 'has a character that a header cannot have' })
      .optional()
      .describe(
        'Own system: `user-agent` of every request; one of a request’s own headers wins. Left out: none is sent.',
      ),
    requests: requests(restRequest),
  },
  forOwnSystems: ['http', 'followRedirects', 'userAgent'],
  forOurService: ['gateway', 'chain', 'push', 'flow'],
  check(context, target) {
    checkGateway(context, target);
    checkCache(context, target);
    checkConnections(context, target);
    checkBodies(context, target);
    checkCodec(context, target);
    checkBatchedCalls(context, target, 'undici');
    checkCompression(context, target);
    if (target.compression !== 'none') checkHeaders(context, target.requests);
  },
  resolve: (
    { compression, batch, gateway, cache, push, connections, requests: written, ...target },
    alike,
    { directory },
  ): RestTarget => ({
    ...target,
    ...resolveConnections(connections),
    ...(written !== undefined && { requests: resolveRequests(written, directory) }),
    ...resolveCompression(compression),
    ...resolveBatch(batch),
    ...resolveGateway(gateway),
    ...resolvePush(push),
    ...resolveCache(cache),
    ...alike,
  }),
});

interface ConnectingTarget {
  readonly engine: string;
  readonly client: string;
  readonly http?: 1 | 2 | undefined;
  readonly followRedirects?: number | undefined;
  readonly connections: WrittenConnections;
}

function checkConnections({ report }: TargetCheck, target: ConnectingTarget): void {
  const { engine, client, connections, followRedirects, http } = target;
  const other = engine === 'native' ? client : engine;
  if (http === 2 && other !== 'own') {
    report({ path: ['http'], message: `2 is for client: own; ${other} speaks HTTP/1.1 here`, atKey: true });
  }
  if (followRedirects !== undefined && other !== 'own') {
    report({ path: ['followRedirects'], message: `is for client: own; ${other} does not follow them`, atKey: true });
  }
  if (engine === 'native' || typeof connections === 'number' || connections.reuse === undefined) return;
  const message = `is for the native engine; ${engine} keeps its connections`;
  report({ path: ['connections', 'reuse'], message, atKey: true });
}

/** Of an own system's requests. */
function checkHeaders({ report }: TargetCheck, requests: WrittenRequests = {}): void {
  for (const [operation, request] of Object.entries(requests)) {
    for (const name of Object.keys(request.headers)) {
      if (!['content-encoding', 'accept-encoding'].includes(name.toLowerCase())) continue;
      const message = 'is what compression sets; leave one of them out';
      report({ path: ['requests', operation, 'headers', name], message, atKey: true });
    }
  }
}
