/** Sockets of the drivers that speak their protocol themselves: where to, in clear or over TLS, reads without copies. */
import net from 'node:net';
import tls from 'node:tls';
import type { TlsSettings } from '../../scenarios/scenario.ts';
import { tlsFailureOf } from './tls-failure.ts';
import { tlsOptions } from './tls-options.ts';

export const connectTimeoutMs = 5_000;
const readBufferBytes = 64 * 1024;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Of several servers: where the next connection goes, turn by turn, a lost one's too. Left out: there is one. */
  readonly turn?: () => { readonly host: string; readonly port: number };
  /** null: in clear. */
  readonly tls: {
    /** Whom the certificate must name. */
    readonly hostname: string;
    readonly alpn?: 'http/1.1' | 'h2';
    /** Of the scenario; absent: what Node trusts, and no certificate of ours. */
    readonly settings?: TlsSettings;
  } | null;
  /** What the peer knows itself by, e.g. for a host header: the address as the scenario names it, not the proxy's. */
  readonly authority: string;
  /** Of the scenario's address, without a slash at its end: '' for none. */
  readonly path: string;
  /** With its question mark; '' for none. */
  readonly query: string;
}

/**
 * `address` is `host:port` to dial, of several servers with commas between; `named` the target's own address, from which
 * scheme, host and path come. One without a scheme is in clear unless there are `settings`.
 */
export function endpointOf(address: string, named: string | undefined, settings?: TlsSettings): Endpoint {
  const [first = '', ...others] = address.split(',');
  const { host, port } = placeOf(first);
  const turn = others.length === 0 ? {} : { turn: turnsOver([first, ...others].map(placeOf)) };
  if (named === undefined) {
    const tls = settings === undefined ? null : { hostname: settings.serverName ?? host, settings };
    return { host, port, ...turn, tls, authority: first, path: '', query: '' };
  }
  const bare = settings === undefined ? 'http' : 'https';
  const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `${bare}://${named}`);
  const secure = url.protocol === 'https:' || url.protocol === 'wss:';
  const hostname = settings?.serverName ?? url.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    port,
    ...turn,
    tls: secure ? { hostname, ...(settings !== undefined && { settings }) } : null,
    authority: url.host,
    path: url.pathname.replace(/\/+$/, ''),
    query: url.search,
  };
}

function placeOf(address: string) {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(address.slice(colon + 1)) };
}

function turnsOver<Place>(places: readonly Place[]): () => Place {
  let turns = 0;
  return () => places[turns++ % places.length] as Place;
}

/** The same servers, beginning elsewhere: load threads with few connections each do not all begin with the first. */
export function rotated(address: string, by: number): string {
  const all = address.split(',');
  return [...all.slice(by % all.length), ...all.slice(0, by % all.length)].join(',');
}

/**
 * Reads of all sockets may share one buffer: the kernel's bytes are handed to the callback before the next read. What
 * must outlive the callback is to be copied.
 */
export function createReadBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(readBufferBytes);
}

export interface SocketListener {
  /** Connected, and the TLS handshake is done. */
  connected(): void;
  /** The first `length` bytes of `buffer` are new; they are gone after the call. */
  read(buffer: Buffer, length: number): void;
  /** Once, however it ended; `reason` is a short text of few distinct values. Nothing is called afterwards. */
  closed(reason: string, cause: Error | null): void;
}

export function connectSocket(endpoint: Endpoint, buffer: Buffer, listener: SocketListener): net.Socket {
  let ended = false;
  const end = (reason: string, cause: Error | null) => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    socket.destroy();
    listener.closed(reason, cause);
  };
  const onread = {
    buffer,
    callback: (length: number, bytes: Uint8Array): boolean => {
      if (!ended) listener.read(bytes as Buffer, length);
      return true;
    },
  };
  const socket = createSocket(endpoint, { onread });
  const timer = setTimeout(() => end('connection timed out', null), connectTimeoutMs);
  socket.once(endpoint.tls === null ? 'connect' : 'secureConnect', () => {
    clearTimeout(timer);
    if (!ended) listener.connected();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => end(socketFailureReason(error), error));
  socket.once('end', () => end('connection closed', null));
  socket.once('close', () => end('connection closed', null));
  return socket;
}

export interface DialListener {
  /** Connected, and the TLS handshake is done: from now on another may read and write. */
  connected(): void;
  /** Once the socket has closed, whoever closed it. */
  closed(reason: string, cause: Error | null): void;
}

/** A socket that a library will read and write. */
export function dialSocket(endpoint: Endpoint, listener: DialListener): net.Socket {
  const socket = createSocket(endpoint);
  let reason = 'connection closed';
  let cause: Error | null = null;
  const timer = setTimeout(() => {
    reason = 'connection timed out';
    socket.destroy();
  }, connectTimeoutMs);
  socket.once(endpoint.tls === null ? 'connect' : 'secureConnect', () => {
    clearTimeout(timer);
    listener.connected();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    reason = socketFailureReason(error);
    cause = error;
  });
  socket.once('close', () => {
    clearTimeout(timer);
    listener.closed(reason, cause);
  });
  return socket;
}

/** On its way to the endpoint. */
export function createSocket(endpoint: Endpoint, options: Pick<net.TcpNetConnectOpts, 'onread'> = {}): net.Socket {
  const { host, port } = endpoint.turn?.() ?? endpoint;
  const all = { host, port, noDelay: true, ...options };
  return endpoint.tls === null ? net.connect(all) : connectTls(all, endpoint.tls);
}

function connectTls(
  options: net.TcpNetConnectOpts,
  { hostname, alpn = 'http/1.1', settings }: NonNullable<Endpoint['tls']>,
): net.Socket {
  return tls.connect({ ...options, ...tlsOptions(hostname, settings), ALPNProtocols: [alpn] });
}

const reasons: Readonly<Record<string, string>> = {
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ECONNREFUSED: 'connection refused',
  ETIMEDOUT: 'connection timed out',
  foreignHost: 'host not allowed',
};

/** A short text of few distinct values. */
export function socketFailureReason(error: NodeJS.ErrnoException): string {
  return tlsFailureOf(error)?.reason ?? reasons[error.code ?? ''] ?? `connection failed: ${error.code ?? error.name}`;
}
