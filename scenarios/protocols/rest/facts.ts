import { httpProbe } from '../http-probe.ts';
import type { ProtocolFacts } from '../protocol-facts.ts';

export const restFacts = {
  brokers: [],
  schemes: ['http', 'https'],
  exampleAddress: 'http://127.0.0.1:8080',
  barePort: 80,
  carriesOneAtATime: true,
  isClustered: false,
  takesCredentials: false,
  takesQuery: false,
  codecs: ['gzip', 'br', 'zstd'],
  batches: 'one POST of an array, answered with what became of each',
  attempts: 'calls',
  serverCloses: true,
  probe: httpProbe,
  headersIn: 'headers',
  subscribes: 'server-sent events, or asking for what is new',
  playsEvolution: true,
  marksRedelivered: false,
  delayed: (ms) => `each answer ${ms} ms later`,
} as const satisfies ProtocolFacts;
