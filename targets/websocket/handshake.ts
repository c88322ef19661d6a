/** The opening handshake of RFC 6455 §4: the request, and what its answer must say. */
import { createHash, randomBytes } from 'node:crypto';
import type { Endpoint } from '../driver-kit/client-socket.ts';

export const noSubprotocol = 'handshake without the subprotocol';
export const longestHandshakeBytes = 64 * 1024;
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export interface Handshake {
  readonly request: string;
  readonly key: string;
}

export interface HandshakeWishes {
  /** Of an extension; '' for none. */
  readonly offer?: string | undefined;
  /** Beside the handshake's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Of which the peer must choose one. */
  readonly subprotocols?: readonly string[] | undefined;
}

/** An Origin as a browser on the service's own site would send, unless there is another: some servers insist on one. */
export function createHandshake(
  { authority, path, query, tls }: Endpoint,
  { offer = '', headers = {}, subprotocols = [] }: HandshakeWishes = {},
): Handshake {
  const key = randomBytes(16).toString('base64');
  const lines = [
    `GET ${path || '/'}${query} HTTP/1.1`,
    `host: ${authority}`,
    'upgrade: websocket',
    'connection: Upgrade',
    `sec-websocket-key: ${key}`,
    'sec-websocket-version: 13',
    ...(hasOrigin(headers) ? [] : [`origin: ${tls === null ? 'http' : 'https'}://${authority}`]),
    ...(offer === '' ? [] : [`sec-websocket-extensions: ${offer}`]),
    ...(subprotocols.length === 0 ? [] : [`sec-websocket-protocol: ${subprotocols.join(', ')}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return { key, request: `${lines.join('\r\n')}\r\n\r\n` };
}

export function hasOrigin(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'origin');
}

export function acceptFor(key: string): string {
  return createHash('sha1').update(`${key}${acceptSuffix}`).digest('base64');
}

export interface HandshakeAnswer {
  /** '' when the connection is a WebSocket now, else why it is not. */
  readonly problem: string;
  /** The extensions that the answer names, as they stand there; '' for none. */
  readonly extensions: string;
}

/** `head` is the answer up to its empty line. */
export function readHandshakeAnswer(
  head: string,
  key: string,
  { offer = '', subprotocols = [] }: HandshakeWishes = {},
): HandshakeAnswer {
  const [statusLine = '', ...lines] = head.split('\r\n');
  const refused = (problem: string) => ({ problem, extensions: '' });
  const status = /^HTTP\/1\.1 (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (status === undefined) return refused('malformed answer');
  if (status !== '101') return refused(`handshake status ${status}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^\s:]+):[\t ]*(.*?)[\t ]*$/.exec(line) ?? [];
    const known = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`);
  }
  const upgrades = headers.get('upgrade')?.toLowerCase() === 'websocket';
  const connects = /(^|,)[\t ]*upgrade[\t ]*(,|$)/i.test(headers.get('connection') ?? '');
  const isOurs = headers.get('sec-websocket-accept') === acceptFor(key);
  if (!upgrades || !connects || !isOurs) return refused('malformed handshake');
  const extensions = headers.get('sec-websocket-extensions') ?? '';
  const chosen = headers.get('sec-websocket-protocol');
  if (chosen === undefined && subprotocols.length > 0) return refused(noSubprotocol);
  const hasUnasked = (extensions !== '' && offer === '') || (chosen !== undefined && !subprotocols.includes(chosen));
  return hasUnasked ? refused('handshake with what was not asked for') : { problem: '', extensions };
}
