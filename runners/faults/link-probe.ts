/**
 * One round trip through a link on a connection of its own, in each protocol's own words: proof that a fault acts. A
 * bare TCP connect proves nothing, since Toxiproxy accepts at once and delays only what flows.
 */
import { createConnection, type Socket } from 'node:net';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { LinkProbe } from '../../scenarios/protocols/protocol-facts.ts';

export type ProbeResult =
  | { readonly outcome: 'answered'; readonly roundTripUs: number }
  | { readonly outcome: 'refused' | 'closed' | 'silent' };

/** What goes first, latin-1 as it stands in the protocol's facts. */
function requestOf({ request }: LinkProbe): Buffer {
  return Buffer.from(request, 'latin1');
}

/** Takes what has come so far, piece after piece: whether it is an answer. */
function answerFinder({ answer }: LinkProbe): (piece: Buffer) => boolean {
  if (answer === undefined) return () => true;
  let seen = Buffer.alloc(0);
  return (piece) => {
    seen = Buffer.concat([seen, piece]);
    return seen.includes(answer, 0, 'latin1');
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
export function probeLink(probe: LinkProbe, address: string, deadlineMs: number): Promise<ProbeResult> {
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
      socket.write(requestOf(probe));
    });
    const isAnswer = answerFinder(probe);
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
  probe: LinkProbe,
  address: string,
  probes: number,
  deadlineMs: number,
): Promise<number | null> {
  let quickestUs: number | null = null;
  for (let n = 0; n < probes; n++) {
    const result = await probeLink(probe, address, deadlineMs);
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
export function watchLink(probe: LinkProbe, address: string, mostMs: number): Promise<WatchedConnection> {
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
      socket.write(requestOf(probe));
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
