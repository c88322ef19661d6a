/** The REST reference services seen by a client nobody here wrote: node's own fetch, and raw bytes. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceRuntimes } from '../../scenarios/service-runtime.ts';
import { needsGoService } from '../driver-suite/describe-go-contract.ts';
import { type LoneService, startLoneService } from '../driver-suite/lone-service.ts';
import { openApiOf } from './openapi.ts';
import { restEntry } from './preset.ts';

let service: LoneService;
let port: number;

needsGoService();

interface Sent {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

function send(method: string, path: string, { body, headers = {} }: Sent = {}): Promise<Response> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`http://127.0.0.1:${port}${path}`, { method, body: text, headers: { ...json, ...headers } });
}

function place(id: string): Promise<Response> {
  return send('POST', '/v1/orders', { body: { id, key: 'k', payload: 'p' } });
}

async function expectProblem(response: Response, status: number, code: string): Promise<void> {
  const { detail, ...rest } = (await response.json()) as Record<string, unknown>;
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(response.status).toBe(status);
  expect(rest).toMatchObject({ type: `urn:wirebench:problem:${code}`, title: response.statusText, status, code });
  expect(detail).not.toBe('');
}

describe.each(serviceRuntimes)('in %s', (runtime) => {
  beforeAll(async () => {
    const target = { name: 'rest', protocol: 'rest', engine: 'native', via: 'direct', connections: 1 } as const;
    service = await startLoneService(restEntry, { ...target, service: { runtime } });
    port = service.port;
  });
  afterAll(() => service.stop());

  it.skipIf(runtime === 'go')('says in OpenAPI what can be asked of it', async () => {
    const document = await (await send('GET', '/openapi.json')).json();
    expect(document).toEqual(openApiOf({ codec: 'json', isGuarded: false }));
  });

  describe('an order', () => {
    it('is placed, read, changed, listed and cancelled', async () => {
      const placed = await place('order/1');
      expect([placed.status, placed.headers.get('location')]).toEqual([201, '/v1/orders/order%2F1']);
      const location = placed.headers.get('location') as string;
      const read = await send('GET', location);
      expect(await read.json()).toEqual({ id: 'order/1', key: 'k', payload: 'p', status: 'placed', version: 1 });
      expect([read.headers.get('etag'), read.headers.get('cache-control')]).toEqual(['"1"', 'private, no-cache']);
      const changed = await send('PUT', location, { body: { payload: 'new' } });
      expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
      const list = (await (await send('GET', '/v1/orders')).json()) as { id: string }[];
      expect(list.map(({ id }) => id)).toContain('order/1');
      expect(await (await send('DELETE', location)).json()).toMatchObject({
        payload: 'new',
        status: 'cancelled',
        version: 3,
      });
      await expectProblem(await send('DELETE', location), 409, 'conflict');
    });

    it('that has not changed is not sent again', async () => {
      await place('same');
      const unchanged = await send('GET', '/v1/orders/same', { headers: { 'if-none-match': '"9", "1"' } });
      expect([unchanged.status, unchanged.headers.get('etag'), await unchanged.text()]).toEqual([304, '"1"', '']);
      expect(unchanged.headers.get('cache-control')).toBe('private, no-cache');
      expect((await send('GET', '/v1/orders/same', { headers: { 'if-none-match': '"9"' } })).status).toBe(200);
    });

    it.each(['PUT', 'DELETE'])('is not touched by a %s that expects another version', async (method) => {
      const path = `/v1/orders/precondition-${method}`;
      await place(`precondition-${method}`);
      const body = method === 'PUT' ? { body: { payload: 'new' } } : {};
      const refused = await send(method, path, { ...body, headers: { 'if-match': '"7"' } });
      expect(refused.headers.get('etag')).toBe('"1"');
      await expectProblem(refused, 412, 'versionChanged');
      await expectProblem(
        await send(method, path, { ...body, headers: { 'if-match': 'W/"1"' } }),
        412,
        'versionChanged',
      );
      expect((await send(method, path, { ...body, headers: { 'if-match': '"1"' } })).status).toBe(200);
      expect((await send('GET', path)).headers.get('etag')).toBe('"2"');
    });

    it('may be handed over: 202 at once, done soon after', async () => {
      const handed = await send('POST', '/v1/orders', {
        body: { id: 'later' },
        headers: { prefer: 'wait=10, respond-async' },
      });
      expect([handed.status, handed.headers.get('preference-applied')]).toEqual([202, 'respond-async']);
      expect((await send('GET', handed.headers.get('location') as string)).status).toBe(200);
    });
  });

  const json = 'content-type: application/json';

  describe('what cannot be done', () => {
    it.each<[string, string, string, Sent, number, string]>([
      ['an unknown order', 'GET', '/v1/orders/nobody', {}, 404, 'notFound'],
      ['a change of an unknown order', 'PUT', '/v1/orders/nobody', { body: { payload: 'x' } }, 404, 'notFound'],
      ['an unknown place', 'GET', '/nowhere', {}, 404, 'noSuchResource'],
      ['a method that has no meaning here', 'DELETE', '/v1/orders', {}, 405, 'methodNotAllowed'],
      ['a POST to one order', 'POST', '/v1/orders/x', { body: {} }, 405, 'methodNotAllowed'],
      ['broken JSON', 'POST', '/v1/orders', { body: '{"id":' }, 400, 'invalidRequest'],
      ['JSON that is no object', 'POST', '/v1/orders', { body: '[1]' }, 400, 'invalidOrder'],
      ['no body', 'POST', '/v1/orders', { headers: { 'content-type': 'application/json' } }, 400, 'invalidRequest'],
      ['an order without id', 'POST', '/v1/orders', { body: { key: 'k' } }, 400, 'invalidOrder'],
      ['an order with an empty id', 'POST', '/v1/orders', { body: { id: '' } }, 400, 'invalidOrder'],
      ['a payload that is no text', 'POST', '/v1/orders', { body: { id: 'x', payload: 1 } }, 400, 'invalidOrder'],
      ['a poisoned prototype', 'POST', '/v1/orders', { body: '{"__proto__":{"id":"x"}}' }, 400, 'invalidOrder'],
      [
        'another media type',
        'POST',
        '/v1/orders',
        { body: '<a/>', headers: { 'content-type': 'text/xml' } },
        415,
        'invalidRequest',
      ],
    ])('%s is refused', async (_name, method, path, sent, status, code) => {
      await expectProblem(await send(method, path, sent), status, code);
    });

    it('is told with the methods that are allowed', async () => {
      expect((await send('POST', '/v1/orders/x', { body: {} })).headers.get('allow')).toBe('GET, HEAD, PUT, DELETE');
    });

    it.each([
      ['garbage', '\0\x01 garbage\r\n\r\n', 400],
      ['two lengths', 'POST /v1/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx', 400],
      ['an endless header', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`, 431],
      [
        'too long a body',
        `POST /v1/orders HTTP/1.1\r\nhost: x\r\n${json}\r\ncontent-length: ${18 * 1024 * 1024}\r\n\r\n`,
        413,
      ],
    ])('%s on the wire is answered with a problem, and the service lives on', async (_name, bytes, status) => {
      const socket = connect(port, '127.0.0.1').setEncoding('latin1');
      socket.on('error', () => undefined);
      let answer = '';
      socket.on('data', (text) => {
        answer += text;
      });
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.setTimeout(5_000, () => socket.destroy());
      socket.write(bytes, 'latin1');
      await closed;
      expect(answer.slice(0, 13)).toBe(`HTTP/1.1 ${status} `);
      // What is no HTTP net/http answers by itself.
      if (runtime === 'node' || status === 413) expect(answer).toContain('application/problem+json');
      expect((await send('GET', '/v1/orders')).status).toBe(200);
    });
  });
});
