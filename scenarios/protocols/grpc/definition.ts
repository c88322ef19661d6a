/** Targets of gRPC. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { batch, resolveBatch } from '../../schema/batch-schema.ts';
import { targetChainSchema } from '../../schema/chain-schema.ts';
import { checkBatchedCalls } from '../../schema/check-batch.ts';
import { checkCompression } from '../../schema/check-compression.ts';
import { compression, resolveCompression, smallestBody } from '../../schema/compression-schema.ts';
import { lineText } from '../../schema/fields.ts';
import { checkGateway, gatewaySchema, resolveGateway } from '../../schema/gateway-schema.ts';
import { pushSchema, resolvePush } from '../../schema/push-schema.ts';
import { connections, ownOr, requests, sharedShape } from '../../schema/target-fields.ts';
import { defineProtocol } from '../protocol-definition.ts';
import { checkCalls, checkTypes } from './check-target.ts';
import { grpcFacts } from './facts.ts';
import { grpcRequest } from './request-schema.ts';
import type { GrpcTarget } from './target.ts';

export const grpc = defineProtocol({
  name: 'grpc',
  facts: grpcFacts,
  describes: 'gRPC.',
  shape: {
    connections: connections(2, 1_000),
    client: z.enum(['own', 'grpc-js']).default('own').describe(ownOr('grpc-js')),
    calls: z
      .enum(['unary', 'stream'])
      .default('unary')
      .describe(
        'unary: each operation is a call. stream: a message on one bidirectional stream a connection, which stays open; answers come as they are ready.',
      ),
    batch: batch(grpcFacts.batches),
    compression: compression(grpcFacts.codecs, smallestBody),
    engine: z.enum(['native', 'ghz']).default('native').describe('What generates the load.'),
    gateway: gatewaySchema.optional(),
    chain: targetChainSchema.optional(),
    push: pushSchema.optional(),
    ...sharedShape(grpcFacts.exampleAddress),
    proto: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(1_000)], { error: 'expected a file, or a list' })
      .optional()
      .describe('Own system: its .proto file or files, relative to the scenario.'),
    importPaths: z
      .array(z.string().min(1))
      .max(100)
      .optional()
      .describe(
        'Own system: folders in which imports of `proto` are looked for, as -I of protoc. Left out: beside the file and above it, where they are looked for anyway.',
      ),
    protoset: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Own system: a descriptor set, from protoc --include_imports -o or buf build. Left out: `proto` or `reflection` tells the types.',
      ),
    reflection: z.boolean().default(false).describe('Own system: ask the server for its types instead.'),
    authority: lineText
      .regex(/^[\x21-\x7e]+$/, { error: 'has a character that an authority cannot have' })
      .optional()
      .describe('Own system: what it is called in :authority. Left out: the host of the address.'),
    requests: requests(grpcRequest),
  },
  forOwnSystems: ['proto', 'protoset', 'importPaths', 'authority', 'reflection'],
  forOurService: ['gateway', 'chain', 'push'],
  check(context, target) {
    checkGateway(context, target);
    if (target.address !== undefined) checkTypes(context, target);
    checkCalls(context, target);
    checkBatchedCalls(context, target, 'grpc-js');
    checkCompression(context, target, 'gRPC: grpc-js, which our service is built on, takes none');
  },
  resolve({ compression, batch, gateway, push, ...target }, alike, { directory }): GrpcTarget {
    const { proto, protoset, importPaths } = target;
    return {
      ...target,
      ...(typeof proto === 'string' && { proto: resolve(directory, proto) }),
      ...(Array.isArray(proto) && { proto: proto.map((file) => resolve(directory, file)) }),
      ...(protoset !== undefined && { protoset: resolve(directory, protoset) }),
      ...(importPaths !== undefined && { importPaths: importPaths.map((folder) => resolve(directory, folder)) }),
      ...resolveCompression(compression),
      ...resolveBatch(batch),
      ...resolveGateway(gateway),
      ...resolvePush(push),
      ...alike,
    };
  },
});
