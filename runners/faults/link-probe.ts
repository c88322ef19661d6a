/**
 * One round trip through a link on a connection of its own, in each protocol's own words: proof that a fault acts. A
 * bare TCP connect proves nothing, since Toxiproxy accepts at once and delays only what flows.
 */
import { createConnection, type Socket } from 'node:net';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { Protocol } from '../../result/result-types.ts';

export type ProbeResult =
  | { readonly outcome: 'answered'; readonly roundTripUs: number }
  | { readonly outcome: 'refused' | 'closed' | 'silent' };

// OPTIONS * asks the server, not one of its resources; any status is an answer. A WebSocket server answers it, too.
const httpProbe = Buffer.from('OPTIONS * HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n');
const http2Preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
/** Empty SETTINGS, then a PING with eight zero bytes. */
const http2Frames = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/** A protocol version that no broker speaks: RabbitMQ answers with the header of the one it does, and closes. */
const amqpHeader = Buffer.from('AMQP\x00\x00\x00\x00', 'latin1');
/** ApiVersions v0: length, api key 18, version 0, correlation id 1, client id "wb". */
const kafkaApiVersions = Buffer.from([0, 0, 0, 12, 0, 18, 0, 0, 0, 0, 0, 1, 0, 2, 0x77, 0x62]);

const requests = {
  rest: httpProbe,
  websocket: httpProbe,
  grpc: Buffer.concat([Buffer.from(http2Preface), Buffer.from(http2Frames)]),
  queue: amqpHeader,
  stream: kafkaApiVersions,
} as const satisfies Record<Protocol, Buffer>;

/**
 * A gRPC server sends its settings unasked, which have come one way only: what has gone there and back is its answer to the
 * PING, of eight bytes with the flag ACK.
 */
const pingAnswer = Buffer.from([0, 0, 8, 6, 1]);

/** Takes what has come so far, piece after piece: whether it is an answer. */
function answerFinder(protocol: Protocol): (piece: Buffer) => boolean {
  if (protocol !== 'grpc') return () => true;
  let seen = Buffer.alloc(0);
  return (piece) => {
    seen = Buffer.concat([seen, piece]);
    return seen.includes(pingAnswer);
  };
}

function connectTo(address: string): Socket {
  const separator = address.lastIndexOf(':');
  return createConnection({
    host: address.slice(0, separator).replace(/^\[|\]$/g, ''),
    port: Number(address.slice(separator + 1)),
    noDelay: true,
  });
}

/** `address` is `host:port`. Never rejects. */
export function probeLink(protocol: Protocol, address: string, deadlineMs: number): Promise<ProbeResult> {
  const socket = connectTo(address);
  return new Promise((resolve) => {
    let sentUs = 0;
    const end = (result: ProbeResult) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => end({ outcome: 'silent' }), deadlineMs);
    socket.once('connect', () => {
      sentUs = monotonicNowUs();
      socket.write(requests[protocol]);
    });
    const isAnswer = answerFinder(protocol);
    socket.on('data', (piece) => {
      if (isAnswer(piece)) end({ outcome: 'answered', roundTripUs: monotonicNowUs() - sentUs });
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      end({ outcome: error.code === 'ECONNREFUSED' ? 'refused' : 'closed' });
    });
    socket.once('close', () => end({ outcome: 'closed' }));
  });
}

/** The quickest of a few probes that were answered: a busy machine only ever adds to one. null when none was. */
export async function probeRoundTripUs(
  protocol: Protocol,
  address: string,
  probes: number,
  deadlineMs: number,
): Promise<number | null> {
  let quickestUs: number | null = null;
  for (let n = 0; n < probes; n++) {
    const result = await probeLink(protocol, address, deadlineMs);
    if (result.outcome === 'answered') quickestUs = Math.min(quickestUs ?? result.roundTripUs, result.roundTripUs);
  }
  return quickestUs;
}

/** What came back on one connection, and how it ended; microseconds after the probe's request was sent. */
export interface WatchedConnection {
  readonly bytes: number;
  readonly pieces: number;
  readonly answeredUs: number | null;
  /** null: it was still open. */
  readonly closedUs: number | null;
  readonly wasReset: boolean;
}

/** Sends the same request and looks at the connection until it is closed, for `mostMs` at most. Never rejects. */
export function watchLink(protocol: Protocol, address: string, mostMs: number): Promise<WatchedConnection> {
  const socket = connectTo(address);
  return new Promise((resolve) => {
    let sentUs = monotonicNowUs();
    let bytes = 0;
    let pieces = 0;
    let answeredUs: number | null = null;
    let wasReset = false;
    const end = (closedUs: number | null) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ bytes, pieces, answeredUs, closedUs, wasReset });
    };
    const timer = setTimeout(() => end(null), mostMs);
    socket.once('connect', () => {
      sentUs = monotonicNowUs();
      socket.write(requests[protocol]);
    });
    socket.on('data', (chunk) => {
      answeredUs ??= monotonicNowUs() - sentUs;
      bytes += chunk.length;
      pieces++;
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      wasReset = error.code === 'ECONNRESET';
    });
    socket.once('close', () => end(monotonicNowUs() - sentUs));
  });
}
