import { httpProbe } from '../http-probe.ts';
import type { ProtocolFacts } from '../protocol-facts.ts';

/** A queue as the rest of the product knows it, over another wire. */
export const sqsFacts = {
  // Amazon's own service; what is started for us in its place speaks the same.
  brokers: [{ name: 'sqs', title: 'ElasticMQ', members: [1] }],
  schemes: ['http', 'https'],
  exampleAddress: 'https://sqs.eu-central-1.amazonaws.com',
  barePort: 80,
  carriesOneAtATime: true,
  isClustered: false,
  takesCredentials: false,
  takesQuery: false,
  codecs: ['gzip', 'zstd'],
  batches: 'up to ten in one SendMessageBatch, of which each is taken or refused by itself',
  attempts: 'publishes',
  serverCloses: true,
  probe: httpProbe,
  headersIn: 'attributes',
  subscribes: null,
  marksRedelivered: true,
  delayed: (ms) => `acknowledgements ${ms} ms later, and what is received ${ms} ms later on each link that it takes`,
} as const satisfies ProtocolFacts;
