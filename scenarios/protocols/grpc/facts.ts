import type { ProtocolFacts } from '../protocol-facts.ts';

const http2Preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
/** Empty SETTINGS, then a PING with eight zero bytes. */
const http2Frames = `\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x08\x06${'\x00'.repeat(13)}`;
/**
 * A server sends its settings unasked, which have come one way only: what has gone there and back is its answer to the PING,
 * of eight bytes with the flag ACK.
 */
const pingAnswer = '\x00\x00\x08\x06\x01';

export const grpcFacts = {
  brokers: [],
  schemes: ['', 'grpc', 'grpcs', 'http', 'https'],
  exampleAddress: '127.0.0.1:50051',
  barePort: 443,
  carriesOneAtATime: false,
  isClustered: false,
  takesCredentials: false,
  takesQuery: false,
  codecs: ['gzip'],
  batches: 'one unary call with a repeated field, answered with what became of each',
  attempts: 'calls',
  serverCloses: false,
  probe: { request: `${http2Preface}${http2Frames}`, answer: pingAnswer },
  headersIn: 'metadata',
  subscribes: 'a stream that the service writes to',
  playsEvolution: true,
  marksRedelivered: false,
  delayed: (ms) => `each answer ${ms} ms later`,
} as const satisfies ProtocolFacts;
