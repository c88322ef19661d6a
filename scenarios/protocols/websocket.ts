import type { ProtocolFacts } from './protocol-facts.ts';

export const websocket = {
  brokers: [],
  schemes: ['ws', 'wss'],
  exampleAddress: 'ws://127.0.0.1:8081/live',
  barePort: 80,
  takesSeveral: false,
  takesCredentials: false,
  codecs: ['deflate'],
  batches: 'one text message with an array; answers come as they are ready, together or apart',
  attempts: 'calls',
  serverCloses: true,
  delayed: (ms) => `each answer ${ms} ms later`,
} as const satisfies ProtocolFacts;
