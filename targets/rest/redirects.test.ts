import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RestRequest } from '../../scenarios/scenario.ts';
import { allowDial, dialFreely } from '../allow-dial.ts';
import { outcomes } from '../driver.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { restDriver } from './driver.ts';

interface Asked {
  readonly at: string;
  readonly what: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let asked: Asked[] = [];
const servers: Server[] = [];
let [shop, other] = ['', ''];

async function listen(name: string): Promise<string> {
  const answer: RequestListener = async (request, response) => {
    const body = await text(request);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const what = `${request.method} ${request.url}`;
    asked.push({ at: name, what, headers: request.headers, body });
    const [, status, where] = /^\/(\d{3})\/(.*)$/.exec(request.url ?? '') ?? [];
    if (status !== undefined) {
      const to = decodeURIComponent(where ?? '');
      response.writeHead(Number(status), to === '' ? {} : { location: to });
    }
    response.end(what);
  };
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let recorded: RecordedSession;
beforeAll(async () => {
  [shop, other] = [await listen('shop'), await listen('other')];
});
beforeEach(async () => {
  asked = [];
  allowDial([]);
});
afterEach(async () => {
  await recorded.close();
  expect(recorded.violations).toEqual([]);
  dialFreely();
});
afterAll(() => {
  for (const server of servers) server.close();
});

const to = (status: number, where: string) => `/${status}/${encodeURIComponent(where)}`;

async function follow(path: string, request: Partial<RestRequest> = {}) {
  const whole: RestRequest = {
    ...{ method: 'GET', path, headers: { Authorization: 'Bearer key', 'x-kind': 'a' }, expect: { status: [200] } },
    ...request,
  };
  recorded = await RecordedSession.open({
    driver: restDriver,
    target: {
      ...{ name: 'own', protocol: 'rest', engine: 'native', via: 'direct', connections: 1 },
      ...{ address: `http://${shop}`, followRedirects: 3 },
    },
    address: shop,
    operations: { get: { pattern: 'request-reply', request: whole } },
  });
  return recorded.run('get', { id: 'an-id' });
}

const whats = () => asked.map(({ at, what }) => `${at} ${what}`);

it('follows to where the service says, relative or not, as one attempt', async () => {
  const attempt = await follow(to(302, `http://${shop}${to(307, '../last?a=1#part')}`));
  expect(attempt).toMatchObject({ outcome: outcomes.ok, sentTimes: 1 });
  expect(whats()).toEqual([expect.anything(), expect.stringMatching(/shop GET \/307/), 'shop GET /last?a=1']);
  expect(asked.at(-1)?.headers).toMatchObject({ authorization: 'Bearer key', 'x-kind': 'a', host: shop });
  expect(recorded.session.httpCounts?.()?.redirects).toBe(2);
});

it('leaves credentials behind when another origin is asked, and does not take them up again', async () => {
  const attempt = await follow(to(302, `http://${other}${to(302, `http://${shop}/home`)}`), {
    headers: { Authorization: 'Bearer key', cookie: 'a=b', Host: 'shop.test', 'x-kind': 'a' },
  });
  expect(attempt.outcome).toBe(outcomes.ok);
  expect(whats().map((what) => what.slice(0, 9))).toEqual(['shop GET ', 'other GET', 'shop GET ']);
  for (const { at, headers } of asked.slice(1)) {
    expect(headers).toMatchObject({ 'x-kind': 'a', host: at === 'shop' ? shop : other });
    expect(Object.keys(headers)).not.toContain('authorization');
    expect(Object.keys(headers)).not.toContain('cookie');
  }
});

it.each([
  [301, 'GET', ''],
  [302, 'GET', ''],
  [303, 'GET', ''],
  [307, 'POST', 'hello'],
  [308, 'POST', 'hello'],
])('a POST that is answered with %i goes on as %s', async (status, method, body) => {
  const headers = { 'content-type': 'text/plain' };
  await follow(to(status, '/there'), { method: 'POST', body: 'hello', headers });
  const { what, body: sent, headers: got } = asked.at(-1) as Asked;
  expect([what, sent]).toEqual([`${method} /there`, body]);
  expect(got['content-type']).toBe(body === '' ? undefined : 'text/plain');
});

it.each([
  ['a circle', () => to(302, ''), 'status 302'],
  ['a host that load may not go to', () => to(302, 'http://example.com/'), 'redirect to a host that is not allowed'],
  ['what is no web address', () => to(302, 'ftp://127.0.0.1/'), 'redirect to no address of HTTP'],
  ['nowhere', () => to(302, 'http://127.0.0.1:1/'), 'connection refused'],
])('an attempt that is sent to %s ends as that', async (_, path, reason) => {
  const attempt = await follow(path());
  expect(attempt.reason).toBe(reason);
  expect(attempt.outcome).toBe(reason === 'connection refused' ? outcomes.failed : outcomes.rejected);
});

it('ends after as many hops as it may make', async () => {
  const far = [1, 2, 3].reduce((rest) => to(302, rest), '/end');
  expect((await follow(far)).outcome).toBe(outcomes.ok);
  await recorded.close();
  asked = [];
  const farther = to(302, far);
  expect(await follow(farther)).toMatchObject({ outcome: outcomes.rejected, reason: 'more than 3 redirects' });
  expect(asked).toHaveLength(4);
});

it('a redirect that is expected is the answer', async () => {
  expect((await follow(to(302, '/there'), { expect: { status: [302] } })).outcome).toBe(outcomes.ok);
  expect(asked).toHaveLength(1);
});
