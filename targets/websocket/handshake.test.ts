import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../driver-kit/client-socket.ts';
import { acceptFor, createHandshake, readHandshakeAnswer } from './handshake.ts';

/** The example of RFC 6455 §1.3. */
const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const endpoint: Endpoint = { host: '127.0.0.1', port: 1, tls: null, authority: 'shop.test:8081', path: '', query: '' };

function answer(changes: Record<string, string | null> = {}, statusLine = 'HTTP/1.1 101 Switching Protocols'): string {
  const headers = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': accept, ...changes };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return [statusLine, ...lines].join('\r\n');
}

describe('createHandshake', () => {
  it('asks for the path and query of the address, by the name that the service knows itself by', () => {
    const { request, key: drawn } = createHandshake({ ...endpoint, path: '/live', query: '?room=1' });
    expect(request).toMatch(/^GET \/live\?room=1 HTTP\/1\.1\r\nhost: shop\.test:8081\r\n/);
    expect(request).toContain(`sec-websocket-key: ${drawn}\r\n`);
    expect(request.endsWith('\r\n\r\n')).toBe(true);
    expect(Buffer.from(drawn, 'base64')).toHaveLength(16);
  });

  it('never uses a key twice', () => {
    expect(createHandshake(endpoint).key).not.toBe(createHandshake(endpoint).key);
  });
});

describe('the answer to a handshake', () => {
  it('has the accept value of the RFC’s example', () => expect(acceptFor(key)).toBe(accept));

  it.each([
    ['as in the RFC', answer()],
    ['in other letters', answer({ Upgrade: 'WebSocket', Connection: 'keep-alive, upgrade' })],
    ['without a reason', answer({}, 'HTTP/1.1 101')],
  ])('takes an answer %s', (_name, head) => expect(readHandshakeAnswer(head, key).problem).toBe(''));

  it.each([
    ['another status', answer({}, 'HTTP/1.1 403 Forbidden'), 'handshake status 403'],
    ['no HTTP', 'SSH-2.0-OpenSSH', 'malformed answer'],
    ['no upgrade', answer({ Upgrade: null }), 'malformed handshake'],
    ['no connection', answer({ Connection: 'keep-alive' }), 'malformed handshake'],
    ['the accept value of another key', answer({ 'Sec-WebSocket-Accept': acceptFor('other') }), 'malformed handshake'],
    ['no accept value', answer({ 'Sec-WebSocket-Accept': null }), 'malformed handshake'],
    [
      'an extension',
      answer({ 'Sec-WebSocket-Extensions': 'permessage-deflate' }),
      'handshake with what was not asked for',
    ],
    ['a subprotocol', answer({ 'Sec-WebSocket-Protocol': 'chat' }), 'handshake with what was not asked for'],
  ])('refuses an answer with %s', (_name, head, problem) =>
    expect(readHandshakeAnswer(head, key).problem).toBe(problem),
  );
});
