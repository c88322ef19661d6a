/**
 * One round trip through a link on a connection of its own, in each protocol's own words: proof that a fault acts. A
 * bare TCP connect proves nothing, since Toxiproxy accepts at once and delays only what flows.
 */
import { createConnection, type Socket } from 'node:net';
import tls from 'node:tls';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { bareHost } from '../../scenarios/allowed-hosts.ts';
import type { LinkProbe } from '../../scenarios/protocols/protocol-facts.ts';
import { factsOf } from '../../scenarios/protocols/registry.ts';
import type { Target, TlsSettings } from '../../scenarios/scenario.ts';
import { isSecured } from '../../scenarios/secured.ts';
import { tlsOptions } from '../../targets/driver-kit/tls-options.ts';
import { hostsAndPorts } from '../../targets/target-address.ts';

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

/** How it goes out: the request of the target's protocol, and how connections to the target are secured. */
export interface SecurableProbe extends LinkProbe {
  /** Left out: in clear. */
  readonly tls?: { readonly hostname: string; readonly settings?: TlsSettings; readonly alpn?: string };
}

/** As the target's own connections are. */
export function probeOf(target: Target): SecurableProbe {
  const { probe } = factsOf(target);
  if (!isSecured(target)) return probe;
  const { protocol, address, tls: settings } = target;
  const speaksHttp2 = protocol === 'grpc' || (protocol === 'rest' && target.http === 2);
  const [named = ''] = address === undefined ? [] : hostsAndPorts(address, target);
  const hostname = settings?.serverName ?? bareHost(named.slice(0, named.lastIndexOf(':')));
  return {
    ...probe,
    tls: { hostname, ...(settings !== undefined && { settings }), ...(speaksHttp2 && { alpn: 'h2' }) },
  };
}

/** What to wait for before anything is sent: the connection, or the handshake on it. */
function connectTo(
  { tls: secure }: SecurableProbe,
  address: string,
): { readonly socket: Socket; readonly ready: string } {
  const separator = address.lastIndexOf(':');
  const place = {
    host: address.slice(0, separator).replace(/^\[|\]$/g, ''),
    port: Number(address.slice(separator + 1)),
    noDelay: true,
  };
  if (secure === undefined) return { socket: createConnection(place), ready: 'connect' };
  const { hostname, settings, alpn } = secure;
  const protocols = alpn === undefined ? {} : { ALPNProtocols: [alpn] };
  return { socket: tls.connect({ ...place, ...tlsOptions(hostname, settings), ...protocols }), ready: 'secureConnect' };
}

/** `address` is `host:port`. Never rejects. */
export function probeLink(probe: SecurableProbe, address: string, deadlineMs: number): Promise<ProbeResult> {
  const { socket, ready } = connectTo(probe, address);
  return new Promise((resolve) => {
    let sentUs = 0;
    const end = (result: ProbeResult) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => end({ outcome: 'silent' }), deadlineMs);
    socket.once(ready, () => {
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
  probe: SecurableProbe,
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
export function watchLink(probe: SecurableProbe, address: string, mostMs: number): Promise<WatchedConnection> {
  const { socket, ready } = connectTo(probe, address);
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
    socket.once(ready, () => {
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
