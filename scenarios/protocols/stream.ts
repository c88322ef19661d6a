import type { ProtocolFacts } from './protocol-facts.ts';

export const stream = {
  brokers: ['kafka'],
  schemes: [''],
  exampleAddress: '127.0.0.1:9092',
  barePort: 9092,
  takesSeveral: true,
  takesCredentials: false,
  codecs: ['gzip', 'snappy', 'lz4', 'zstd'],
  batches: 'the records of one produce request',
  attempts: 'publishes',
  serverCloses: false,
  delayed: (ms) => `acknowledgements ${ms} ms later; a fetch that also waits for the one before it up to ${3 * ms} ms`,
} as const satisfies ProtocolFacts;
