import type { ProtocolFacts } from './protocol-facts.ts';

export const rest = {
  brokers: [],
  schemes: ['http', 'https'],
  exampleAddress: 'http://127.0.0.1:8080',
  barePort: 80,
  takesSeveral: false,
  takesCredentials: false,
  codecs: ['gzip', 'br', 'zstd'],
  batches: 'one POST of an array, answered with what became of each',
  attempts: 'calls',
  serverCloses: true,
  delayed: (ms) => `each answer ${ms} ms later`,
} as const satisfies ProtocolFacts;
