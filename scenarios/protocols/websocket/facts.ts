import { httpProbe } from '../http-probe.ts';
import type { ProtocolFacts } from '../protocol-facts.ts';

export const websocketFacts = {
  brokers: [],
  schemes: ['ws', 'wss'],
  exampleAddress: 'ws://127.0.0.1:8081/live',
  barePort: 80,
  carriesOneAtATime: false,
  isClustered: false,
  takesCredentials: false,
  takesQuery: true,
  codecs: ['deflate'],
  batches: 'one text message with an array; answers come as they are ready, together or apart',
  attempts: 'calls',
  serverCloses: true,
  probe: httpProbe,
  headersIn: null,
  subscribes: 'messages that the service sends by itself',
  playsEvolution: true,
  marksRedelivered: false,
  delayed: (ms) => `each answer ${ms} ms later`,
} as const satisfies ProtocolFacts;
