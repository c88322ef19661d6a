import type { ProtocolFacts } from '../protocol-facts.ts';

export const streamFacts = {
  brokers: [
    {
      name: 'kafka',
      title: 'Kafka',
      members: [1, 3],
      ofSeveral: 'each partition on all of them, acks: all needs two of them',
    },
  ],
  schemes: [''],
  exampleAddress: '127.0.0.1:9092',
  barePort: 9092,
  carriesOneAtATime: false,
  isClustered: true,
  takesCredentials: false,
  takesQuery: false,
  codecs: ['gzip', 'snappy', 'lz4', 'zstd'],
  batches: 'the records of one produce request',
  attempts: 'publishes',
  serverCloses: false,
  // ApiVersions v0: length, api key 18, version 0, correlation id 1, client id "wb".
  probe: { request: '\x00\x00\x00\x0c\x00\x12\x00\x00\x00\x00\x00\x01\x00\x02wb' },
  headersIn: 'headers',
  subscribes: 'a consumer group each',
  hasGroups: true,
  playsEvolution: true,
  marksRedelivered: false,
  delayed: (ms) => `acknowledgements ${ms} ms later; a fetch that also waits for the one before it up to ${3 * ms} ms`,
} as const satisfies ProtocolFacts;
