/** Targets of WebSocket. */
import { z } from 'zod';
import { batch, resolveBatch } from '../../schema/batch-schema.ts';
import { targetChainSchema } from '../../schema/chain-schema.ts';
import { checkBatchedCalls } from '../../schema/check-batch.ts';
import { checkCodec } from '../../schema/check-codec.ts';
import { checkCompression } from '../../schema/check-compression.ts';
import { compression, resolveCompression, smallestBody } from '../../schema/compression-schema.ts';
import { checkGateway, gatewaySchema, resolveGateway } from '../../schema/gateway-schema.ts';
import { pushSchema, resolvePush } from '../../schema/push-schema.ts';
import { connections, nativeOnly, ownOr, payloadCodec, requests, sharedShape } from '../../schema/target-fields.ts';
import { defineProtocol } from '../protocol-definition.ts';
import { websocketFacts } from './facts.ts';
import { handshakeHeaders, ignore, onOpen, subprotocol, webSocketRequest } from './request-schema.ts';
import type { WebSocketTarget } from './target.ts';

export const websocket = defineProtocol({
  name: 'websocket',
  facts: websocketFacts,
  describes: 'WebSocket, correlated messages.',
  shape: {
    connections: connections(16, 10_000),
    client: z.enum(['own', 'ws']).default('own').describe(ownOr('ws')),
    batch: batch(websocketFacts.batches),
    codec: payloadCodec,
    compression: compression(websocketFacts.codecs, {
      ...smallestBody,
      contextTakeover: z
        .boolean()
        .optional()
        .describe('A message refers to those before it: smaller, for memory on each connection. Left out: true.'),
    }),
    engine: nativeOnly,
    gateway: gatewaySchema.optional(),
    chain: targetChainSchema.optional(),
    push: pushSchema.optional(),
    ...sharedShape(websocketFacts.exampleAddress),
    headers: handshakeHeaders,
    subprotocol,
    onOpen,
    ignore,
    requests: requests(webSocketRequest),
  },
  forOwnSystems: ['headers', 'subprotocol', 'onOpen', 'ignore'],
  forOurService: ['gateway', 'chain', 'push'],
  check(context, target) {
    checkGateway(context, target);
    checkCodec(context, target);
    checkBatchedCalls(context, target);
    checkCompression(context, target);
  },
  resolve: ({ compression, batch, gateway, push, ...target }, alike): WebSocketTarget => ({
    ...target,
    ...resolveCompression(compression),
    ...resolveBatch(batch),
    ...resolveGateway(gateway),
    ...resolvePush(push),
    ...alike,
  }),
});
