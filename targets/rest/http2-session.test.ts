import { readFileSync } from 'node:fs';
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { RestRequest, RestTarget } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { RawServer } from '../driver-suite/raw-server.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { restDriver } from './driver.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
const cleanUp: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

type Answer = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

async function listening(server: Http2Server | Http2SecureServer | HttpsServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function open(
  address: string,
  request: Partial<RestRequest>,
  target: Partial<RestTarget> = {},
  payloads: readonly Buffer[] = [],
): Promise<RecordedSession> {
  const recorded = await RecordedSession.open({
    driver: restDriver,
    target: {
      ...{ name: 'own', protocol: 'rest', engine: 'native', via: 'direct', http: 2, connections: 1 },
      ...{ address: `http://${address}/api`, ...target },
    },
    address,
    operations: {
      go: {
        pattern: 'request-reply',
        request: { method: 'GET', path: '/', headers: {}, expect: { status: [200] }, ...request },
      },
    },
    payloads: { go: payloads },
  });
  cleanUp.push(async () => {
    await recorded.close();
    expect(recorded.violations).toEqual([]);
  });
  return recorded;
}

async function serve(answer: Answer) {
  const sessions: unknown[] = [];
  const server = createServer(answer);
  server.on('session', (session) => sessions.push(session));
  return { address: await listening(server), sessions };
}

describe('HTTP/2 in clear', () => {
  it('sends the request that is written, path and headers that vary with the call included', async () => {
    const seen: unknown[] = [];
    const { address } = await serve(async (request, response) => {
      const { method, url, headers } = request;
      seen.push({ method, url, headers: { ...headers }, body: (await buffer(request)).toString() });
      response.end('ok');
    });
    const recorded = await open(address, {
      ...{ method: 'PUT', path: '/orders/{{id}}?x=1', body: 'of {{id}}' },
      headers: { Authorization: 'Bearer key', 'x-request': '{{id}}', Host: 'shop.test' },
    });
    for (const id of ['first', 'second', 'third']) {
      expect(await recorded.run('go', { id })).toMatchObject({ outcome: outcomes.ok, sentTimes: 1 });
    }
    expect(seen).toEqual(
      ['first', 'second', 'third'].map((id) => ({
        ...{ method: 'PUT', url: `/api/orders/${id}?x=1`, body: `of ${id}` },
        headers: expect.objectContaining({
          ...{ ':authority': 'shop.test', ':scheme': 'http', authorization: 'Bearer key', 'x-request': id },
          'content-length': String(3 + id.length),
        }),
      })),
    );
  });

  it('has many requests at a time on a connection, and bodies beyond any window', async () => {
    let [open_, most] = [0, 0];
    const { address, sessions } = await serve(async (request, response) => {
      most = Math.max(most, ++open_);
      const { length } = await buffer(request);
      setTimeout(() => {
        open_--;
        response.end(String(length).padEnd(200_000));
      }, 20);
    });
    const payload = Buffer.alloc(300_000, 'x');
    const recorded = await open(address, { method: 'POST', body: '{{payload}}' }, {}, [payload]);
    const ended = await Promise.all(Array.from({ length: 20 }, () => recorded.start('go').whenEnded));
    expect(ended.map(({ reason }) => reason)).toEqual(Array(20).fill(''));
    expect(most).toBeGreaterThan(5);
    expect(sessions).toHaveLength(1);
  });

  it('tells what a refusal said', async () => {
    const { address } = await serve((_, response) => {
      response.writeHead(503, { 'retry-after': '2', 'set-cookie': 'a=b', 'x-why': 'full' });
      response.end('{"no":1}');
    });
    const attempt = await (await open(address, {})).run('go');
    expect(attempt).toMatchObject({ outcome: outcomes.rejected, reason: 'status 503', retryable: true });
    expect(attempt.retryAfterMs).toBe(2_000);
    expect(attempt.detail?.head).toMatch(/^HTTP\/2 503\n[\s\S]*x-why: full/);
    expect(attempt.detail?.head).not.toContain('a=b');
    expect(attempt.detail?.body).toBe('{"no":1}');
  });

  it('follows redirects on the same connection', async () => {
    const paths: string[] = [];
    const { address, sessions } = await serve((request, response) => {
      paths.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      if (request.url === '/api/') response.writeHead(302, { location: '/there' });
      response.end();
    });
    const recorded = await open(address, { headers: { authorization: 'key' } }, { followRedirects: 2 });
    expect((await recorded.run('go')).outcome).toBe(outcomes.ok);
    expect(paths).toEqual(['GET /api/ key', 'GET /there key']);
    expect([sessions.length, recorded.session.httpCounts?.()]).toEqual([1, { handshakes: 0, redirects: 1 }]);
  });

  it('dials anew after so many requests, when the next one needs it', async () => {
    const { address, sessions } = await serve((_, response) => response.end());
    const recorded = await open(address, {}, { reuse: 3 });
    for (let n = 0; n < 7; n++) expect((await recorded.run('go')).outcome).toBe(outcomes.ok);
    expect(sessions).toHaveLength(3);
    expect(recorded.session.httpCounts?.()).toEqual({ handshakes: 2 });
  });

  it('goes on over another connection when the server says goodbye', async () => {
    let answered = 0;
    const { address, sessions } = await serve((request, response) => {
      if (++answered === 2) request.stream.session?.goaway(0);
      response.end();
    });
    const recorded = await open(address, {});
    for (let n = 0; n < 4; n++) expect((await recorded.run('go')).outcome).toBe(outcomes.ok);
    expect(sessions).toHaveLength(2);
  });

  it('an answer that is no HTTP/2 is told as such', async () => {
    const server = await RawServer.listen((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'));
    });
    cleanUp.push(() => server.close());
    await expect(open(server.address, {})).rejects.toThrow(/HTTP\/2 service at .*no HTTP\/2 answer/);
  });
});

describe('HTTP/2 over TLS', () => {
  const pair = {
    cert: readFileSync(join(fixtures, 'loopback-certificate.pem')),
    key: readFileSync(join(fixtures, 'loopback-key.pem')),
  };

  it('agrees on it by ALPN', async () => {
    const address = await listening(createSecureServer(pair, (_, response) => response.end()));
    const recorded = await open(address, {}, { address: `https://${address}`, tls: { verify: false } });
    expect((await recorded.run('go')).outcome).toBe(outcomes.ok);
  });

  it('is told when a server does not offer it', async () => {
    const address = await listening(createHttpsServer(pair, (_, response) => response.end()));
    const opening = open(address, {}, { address: `https://${address}`, tls: { verify: false } });
    await expect(opening).rejects.toMatchObject({
      message: expect.stringMatching(/version of HTTP not offered|application protocol/),
      hint: expect.stringContaining('`http: 2`'),
    });
  });
});
