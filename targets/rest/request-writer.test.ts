import { describe, expect, it } from 'vitest';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { RestRequest } from '../../scenarios/scenario.ts';
import type { Call } from '../driver.ts';
import { RequestWriter } from './request-writer.ts';

const call: Call = {
  operation: 0,
  id: 'tag-0000-0000000007',
  key: 'key-3',
  sequence: 7,
  payload: 0,
  attempt: 1,
  random: 9,
};
const payload = Buffer.from('payload');
const endpoint = { host: '127.0.0.1', port: 80, tls: null, authority: 'shop.test:8080', path: '/api', query: '' };

function writerFor(request: Partial<RestRequest>, pool = [payload]): RequestWriter {
  const defaults: RestRequest = { method: 'POST', path: '/orders', headers: {}, expect: { status: [200] } };
  return new RequestWriter({ ...defaults, ...request }, endpoint, pool);
}

function write(request: Partial<RestRequest>, values: Partial<Call> = {}): string {
  return writerFor(request)
    .write({ ...call, ...values }, payload, null)
    .toString();
}

describe('RequestWriter', () => {
  it('writes line, host, headers, length and body', () => {
    const request = {
      path: '/orders/{{id}}?n={{sequence}}',
      headers: { 'content-type': 'application/json', 'x-request-id': '{{id}}' },
      body: '{"key":"{{key}}","é":"{{payload}}"}',
    };
    expect(write(request)).toBe(
      [
        'POST /api/orders/tag-0000-0000000007?n=7 HTTP/1.1',
        'host: shop.test:8080',
        'content-type: application/json',
        'x-request-id: tag-0000-0000000007',
        'content-length: 30',
        '',
        '{"key":"key-3","é":"payload"}',
      ].join('\r\n'),
    );
  });

  it.each([
    ['POST', undefined, true],
    ['PUT', undefined, true],
    ['GET', undefined, false],
    ['DELETE', undefined, false],
    ['GET', '', true],
  ])('announces the length of a %s with body %j: %s', (method, body, announced) => {
    const text = write({ method, ...(body !== undefined && { body }) });
    expect(text.includes('\r\ncontent-length: 0\r\n')).toBe(announced);
    expect(text.endsWith('\r\n\r\n')).toBe(true);
  });

  it('lets the request name another host', () => {
    const text = write({ headers: { Host: 'other.test' } });
    expect(text).toContain('\r\nHost: other.test\r\n');
    expect(text).not.toContain('shop.test');
  });

  it('tells the length of every body, whatever the last one had', () => {
    const writer = writerFor({ body: '{{key}}' });
    for (const key of ['a', 'abc', 'é', 'a']) {
      const text = writer.write({ ...call, key }, payload, null).toString();
      expect(text).toContain(`content-length: ${Buffer.byteLength(key)}\r\n\r\n${key}`);
    }
  });

  it('writes into given memory only when that is exactly as long', () => {
    const writer = writerFor({ body: '{{key}}' });
    const first = writer.write(call, payload, null);
    expect(writer.write({ ...call, key: 'key-4' }, payload, first)).toBe(first);
    expect(first.toString()).toContain('key-4');
    expect(writer.write({ ...call, key: 'key-10' }, payload, first)).not.toBe(first);
    expect(first.toString()).toContain('key-4');
  });

  it.each<[string, Partial<RestRequest>]>([
    ['a length of its own', { headers: { 'Content-Length': '3' } }],
    ['a transfer encoding', { headers: { 'transfer-encoding': 'chunked' } }],
    ['a connection header', { headers: { Connection: 'close' } }],
    ['a line break in a header', { headers: { x: 'a\r\nb: c' } }],
    ['a colon in the name of a header', { headers: { 'a:b': 'c' } }],
    ['a blank in the path', { path: '/a b' }],
    ['a line break in the path', { path: '/a\r\nb' }],
    ['a line break in the method', { method: 'GET / HTTP/1.1\r\nx:' }],
    ['CONNECT', { method: 'CONNECT' }],
    ['an unknown variable', { path: '/{{nonsense}}' }],
  ])('refuses %s', (_name, request) => {
    const refuse = () => writerFor(request);
    expect(refuse).toThrow(BenchError);
    expect(refuse).toThrow(expect.objectContaining({ exitCode: exitCodes.usage }));
  });

  it('refuses a payload in a header or the path that has what those cannot have', () => {
    const pool = [Buffer.from('fine'), Buffer.from('two\r\nlines')];
    expect(() => writerFor({ headers: { x: '{{payload}}' } }, pool)).toThrow(BenchError);
    expect(() => writerFor({ path: '/{{payload}}' }, pool)).toThrow(BenchError);
    expect(() => writerFor({ body: '{{payload}}' }, pool)).not.toThrow();
  });
});
