import type { ProtocolFacts } from './protocol-facts.ts';

export const grpc = {
  brokers: [],
  schemes: ['', 'grpc', 'grpcs', 'http', 'https'],
  exampleAddress: '127.0.0.1:50051',
  barePort: 443,
  takesSeveral: false,
  takesCredentials: false,
  codecs: ['gzip'],
  batches: 'one unary call with a repeated field, answered with what became of each',
  attempts: 'calls',
  serverCloses: false,
  delayed: (ms) => `each answer ${ms} ms later`,
} as const satisfies ProtocolFacts;
