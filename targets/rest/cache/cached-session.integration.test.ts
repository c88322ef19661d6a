/** The clients' caches against a real HTTP server whose answers each test says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { CacheSettings } from '../../../scenarios/cache-settings.ts';
import type { RestRequest, RestTarget } from '../../../scenarios/scenario.ts';
import {
  type AnswerFrom,
  answerSources,
  type Call,
  type CompletionSink,
  outcomes,
  type Session,
} from '../../driver.ts';
import { restDriver } from '../driver.ts';

const { hit, revalidated, replaced, miss, notRead } = answerSources;
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface Ending {
  readonly version: number;
  readonly from: AnswerFrom | null;
  readonly outcome: number;
  readonly wasSent: boolean;
}

interface Client {
  readonly session: Session;
  /** Requests that came so far. */
  readonly asked: readonly IncomingMessage[];
  run(operation: 'read' | 'write' | 'other' | 'look', values?: Partial<Call>): Promise<Ending>;
}

/** `isOurs`: tags are versions. */
async function open(settings: Partial<CacheSettings>, answer: Answer, isOurs = true): Promise<Client> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    request.resume().on('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cache: CacheSettings = {
    ...{ kind: 'max-age', at: 'client', maxAgeSeconds: 60, clients: 1, maxEntries: 100, maxBytes: 100_000 },
    ...settings,
  };
  const target = {
    ...{ name: 'rest', protocol: 'rest', engine: 'native', via: 'direct', connections: 2, cache },
    ...(!isOurs && { address: `http://${address}` }),
  } as RestTarget;
  const request = (method: string, path: string, headers = {}): RestRequest => {
    return { method, path, headers, expect: { status: [200, 206, 304] } };
  };
  const operations = {
    read: request('GET', '/orders/{{key}}', { 'x-request-id': '{{id}}' }),
    write: request('PUT', '/orders/{{key}}'),
    other: request('GET', '/others/{{key}}'),
    look: request('HEAD', '/orders/{{key}}'),
  };
  const calls = Array.from({ length: 8 }, (): Call => {
    return { operation: 0, id: 'id', key: 'k', sequence: 0, payload: 0, attempt: 1, random: 0 };
  });
  const ends: (((ending: Ending) => void) | null)[] = calls.map(() => null);
  const seen: Ending[] = calls.map(() => ({ version: 0, from: null, outcome: -1, wasSent: false }));
  const note = (slot: number, more: Partial<Ending>) => {
    seen[slot] = { ...(seen[slot] as Ending), ...more };
  };
  const sink: CompletionSink = {
    sent: (slot) => note(slot, { wasSent: true }),
    ...{ unsent: () => undefined, resent: () => undefined, acknowledged: () => undefined, retryAfter: () => undefined },
    shown: (slot, version, from) => note(slot, { version, from }),
    completed: (slot, outcome) => {
      note(slot, { outcome });
      const end = ends[slot];
      ends[slot] = null;
      end?.(seen[slot] as Ending);
    },
  };
  const session = await restDriver.open(
    {
      ...{ target, address, calls, sink, trialTag: 't', worker: 0, workers: 1 },
      operations: Object.entries(operations).map(([name, one], index) => {
        return { index, name, pattern: 'request-reply', request: one };
      }),
      payloads: [[], [], [], []],
    },
    new AbortController().signal,
  );
  closers.push(() => session.close());
  asked.length = 0; // what was asked to see that there is a server
  return {
    session,
    asked,
    run: (operation, values = {}) => {
      const slot = ends.indexOf(null);
      seen[slot] = { version: 0, from: null, outcome: -1, wasSent: false };
      Object.assign(calls[slot] as Call, {
        operation: Object.keys(operations).indexOf(operation),
        key: 'k',
        sequence: 0,
      });
      Object.assign(calls[slot] as Call, values);
      return new Promise((resolve) => {
        ends[slot] = resolve;
        session.start(slot);
      });
    },
  };
}

function order(version: number, control: string): Answer {
  return (request, response) => {
    response.setHeader('etag', `"${version}"`).setHeader('cache-control', control);
    if (request.headers['if-none-match'] === `"${version}"`) response.writeHead(304).end();
    else response.end(`order ${version}`);
  };
}

it('shows what it has for as long as it may, without asking', async () => {
  const { run, asked } = await open({}, order(3, 'max-age=60'));
  expect(await run('read')).toEqual({ version: 3, from: miss, outcome: outcomes.ok, wasSent: true });
  expect(await run('read')).toEqual({ version: 3, from: hit, outcome: outcomes.ok, wasSent: false });
  expect(await run('read', { key: 'other' })).toMatchObject({ from: miss });
  expect(asked.map(({ url }) => url)).toEqual(['/orders/k', '/orders/other']);
});

it('asks again once that is over, with the tag that it has', async () => {
  const { run, asked } = await open({}, order(3, 'max-age=1'));
  await run('read');
  await sleep(1_050);
  expect(await run('read')).toMatchObject({ version: 3, from: revalidated, wasSent: true });
  expect(await run('read')).toMatchObject({ version: 3, from: hit });
  expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"3"']);
});

it('of what is to be asked about each time nothing is shown unasked', async () => {
  let version = 1;
  const answer =
    (control: string): Answer =>
    (...asked) =>
      order(version, control)(...asked);
  const { run } = await open({ kind: 'etag', maxAgeSeconds: 0 }, answer('no-cache'));
  expect((await run('read')).from).toBe(miss);
  expect(await run('read')).toMatchObject({ version: 1, from: revalidated });
  version = 2;
  expect(await run('read')).toMatchObject({ version: 2, from: replaced });
  expect(await run('read')).toMatchObject({ version: 2, from: revalidated });
  const { run: runOther } = await open({ kind: 'etag', maxAgeSeconds: 0 }, answer('max-age=60'));
  expect((await runOther('read')).from).toBe(miss);
  expect((await runOther('read')).from).toBe(revalidated);
});

it('a change by a client drops what that client has of it, and not what others have', async () => {
  const { run } = await open({ clients: 2 }, order(1, 'max-age=60'));
  const [mine, others] = [{ sequence: 0 }, { sequence: 1 }];
  await run('read', mine);
  await run('read', others);
  expect(await run('write', mine)).toMatchObject({ version: 1, from: notRead });
  expect((await run('read', mine)).from).toBe(miss);
  expect((await run('read', others)).from).toBe(hit);
});

it('what was asked for before such a change is not kept either; and who only looks changes nothing', async () => {
  const held: (() => void)[] = [];
  let isHeld = true;
  const { run } = await open({}, (request, response) => {
    const go = () => order(1, 'max-age=60')(request, response);
    if (request.method === 'GET' && isHeld) held.push(go);
    else go();
  });
  const early = run('read');
  await run('write');
  isHeld = false;
  held[0]?.();
  expect((await early).from).toBe(miss);
  expect((await run('read')).from).toBe(miss);
  expect((await run('look')).from).toBe(notRead);
  expect((await run('read')).from).toBe(hit);
});

it('a 304 that says nothing of its age leaves what the whole answer said', async () => {
  const { run } = await open({}, (request, response) => {
    const isAsked = request.headers['if-none-match'] !== undefined;
    if (!isAsked) response.setHeader('cache-control', 'max-age=1');
    response.setHeader('etag', '"3"').writeHead(isAsked ? 304 : 200);
    response.end(isAsked ? undefined : 'order');
  });
  await run('read');
  await sleep(1_050);
  expect(await run('read')).toMatchObject({ from: revalidated });
  expect(await run('read')).toMatchObject({ from: hit });
});

it('an answer without its whole is not kept, whatever it says', async () => {
  for (const status of [304, 206]) {
    const { run, session } = await open({}, (_, response) => {
      response.setHeader('cache-control', 'max-age=60').setHeader('etag', '"3"').writeHead(status).end();
    });
    expect((await run('read')).from).toBe(miss);
    expect((await run('read')).from).toBe(miss);
    expect(session.cacheCounts?.()).toMatchObject({ entries: 0 });
  }
});

it('a head that comes in pieces is read whole', async () => {
  const { run } = await open({}, (_, response) => {
    const { socket } = response;
    socket?.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncache-con');
    setTimeout(() => socket?.write('trol: max-age=60\r\n\r\nx'), 30);
  });
  await run('read');
  expect((await run('read')).from).toBe(hit);
});

it('nothing is kept that must not be, or that differs from call to call', async () => {
  const cases = [{ 'cache-control': 'no-store' }, { vary: '*' }, { vary: 'x-request-id' }, {}];
  for (const headers of cases) {
    const { run, session } = await open({}, (_, response) => {
      response.setHeaders(new Map(Object.entries({ 'cache-control': 'max-age=60', ...headers })));
      if (Object.keys(headers).length === 0) response.setHeader('cache-control', 'no-cache'); // and no tag
      response.end('x');
    });
    await run('read');
    expect((await run('read')).from).toBe(miss);
    expect(session.cacheCounts?.()).toMatchObject({ entries: 0, bytes: 0 });
  }
});

it('a cache smaller than the keys stays within its bounds and shows what it can', async () => {
  const { run, session } = await open({ maxEntries: 4 }, order(1, 'max-age=60'));
  for (let n = 0; n < 40; n++) await run('read', { key: `k${n % 10}` });
  expect((await run('read', { key: 'k9' })).from).toBe(hit);
  expect(session.cacheCounts?.()).toMatchObject({ entries: 4, evicted: 36 });
});

it('tells a tag that changes while nothing else does, which costs the whole answer each time', async () => {
  let n = 0;
  const changing: Answer = (_, response) => response.setHeader('etag', `"t${n++}"`).end('always the same');
  const { run, session } = await open({ kind: 'etag' }, changing, false);
  const from = [];
  for (let turn = 0; turn < 4; turn++) from.push(await run('read'));
  expect(from.map((one) => one.from)).toEqual([miss, replaced, replaced, replaced]);
  expect(from.map(({ version }) => version)).toEqual([0, 0, 0, 0]);
  expect(session.cacheCounts?.()).toMatchObject({ sameUnderNewTag: 3 });
});

it('who gave up is told nothing any more, and the slot serves the next one', async () => {
  const { run, session } = await open({}, order(1, 'max-age=60'));
  await run('read');
  let ended = false;
  void run('read').then(() => {
    ended = true;
  });
  session.abort(0);
  await sleep(20);
  expect(ended).toBe(false);
  expect((await run('other')).from).toBe(miss);
});

it.each([
  ['nginx; hit', hit],
  ['nginx; fwd=stale; fwd-status=304', revalidated],
  ['nginx; fwd=stale', replaced],
  ['nginx; fwd=uri-miss', miss],
  ['', miss],
])('without a cache of its own tells what one on the way says that it did: %s', async (status, from) => {
  const { run, session } = await open({ at: 'gateway' }, (_, response) =>
    response.setHeader('cache-status', status).setHeader('etag', '"9"').end('x'),
  );
  expect(await run('read')).toMatchObject({ version: 9, from });
  expect(await run('write')).toMatchObject({ version: 9, from: notRead });
  expect(session.cacheCounts?.()).toBeNull();
});
