/** `service:` of a target: what our service is written in. */
import { z } from 'zod';
import { serviceRuntimes } from '../service-runtime.ts';
import { object } from './fields.ts';

export const serviceSchema = object({
  runtime: z
    .enum(serviceRuntimes)
    .default('node')
    .describe(
      'node: Fastify or grpc-js, with all settings. go: net/http or grpc-go, built by `go build` on first use.',
    ),
}).describe('What our service is written in, with the same orders and the same evidence. Left out: node.');
