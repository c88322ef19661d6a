/**
 * REST and WebSocket against a service that nobody here wrote, in another language, as a user's own system: go-httpbin,
 * built once from its public source and kept beside the stack's programs.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Request, RestRequest, Target, WebSocketRequest } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import type { SupervisedProcess } from '../process/supervised-process.ts';
import { restDriver } from '../rest/driver.ts';
import { websocketDriver } from '../websocket/driver.ts';
import { startGoHttpbin } from './foreign-servers.ts';
import { RecordedSession } from './recorded-session.ts';

const sessions: RecordedSession[] = [];
let directory: string;
let port: number;
let service: SupervisedProcess;

beforeAll(async () => {
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-own-'));
  const most = ['-max-body-size', String(4 * 1024 * 1024)];
  ({ port, process: service } = await startGoHttpbin(join(directory, 'service.log'), undefined, most));
  await ready();
}, 300_000);

afterEach(async () => {
  const closed = sessions.splice(0);
  await Promise.all(closed.map((recorded) => recorded.close()));
  expect(closed.flatMap(({ violations }) => violations)).toEqual([]);
});

afterAll(async () => {
  await service.stop();
  await rm(directory, { recursive: true, force: true });
});

async function ready(): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/status/200`).catch(() => null);
    if (answer?.ok) return;
    await sleep(20);
  }
  throw new Error(`go-httpbin does not answer: ${service.logTail()}`);
}

async function open(
  protocol: 'rest' | 'websocket',
  requests: Readonly<Record<string, Request>>,
): Promise<RecordedSession> {
  const address = protocol === 'rest' ? `http://127.0.0.1:${port}` : `ws://127.0.0.1:${port}/websocket/echo`;
  const operations = Object.entries(requests).map(
    ([name, request]) => [name, { pattern: 'request-reply', request }] as const,
  );
  const recorded = await RecordedSession.open({
    driver: protocol === 'rest' ? restDriver : websocketDriver,
    target: { name: 'own', protocol, engine: 'native', via: 'direct', connections: 4, address } as Target,
    address: `127.0.0.1:${port}`,
    operations: Object.fromEntries(operations),
    payloads: Object.fromEntries(operations.map(([name]) => [name, [Buffer.alloc(10_000, 'payload ')]])),
    slots: 256,
  });
  sessions.push(recorded);
  return recorded;
}

function get(path: string, status = 200): RestRequest {
  return { method: 'GET', path, headers: {}, expect: { status: [status] } };
}

describe('REST and somebody else’s service', () => {
  const headers = { 'content-type': 'text/plain', 'idempotency-key': '{{id}}' };
  const requests = {
    post: { method: 'POST', path: '/post', headers, body: '{{payload}}', expect: { status: [200] } },
    put: {
      method: 'PUT',
      path: '/anything/{{id}}?key={{key}}',
      headers,
      body: '{{payload}}',
      expect: { status: [200] },
    },
    patch: { method: 'PATCH', path: '/patch', headers, expect: { status: [200] } },
    remove: { method: 'DELETE', path: '/delete', headers, expect: { status: [200] } },
    head: { method: 'HEAD', path: '/get', headers: {}, expect: { status: [200] } },
    chunked: get('/stream/20'),
    dripped: get('/drip?numbytes=50&duration=100ms&delay=0s'),
    large: get('/bytes/2000000'),
    compressed: get('/gzip'),
    empty: get('/status/204', 204),
    unchanged: get('/status/304', 304),
    elsewhere: get('/redirect/1', 302),
  } as const satisfies Record<string, RestRequest>;

  it.each(Object.keys(requests))('understand each other: %s', async (operation) => {
    const recorded = await open('rest', requests);
    const ends = await Promise.all(Array.from({ length: 12 }, () => recorded.run(operation)));
    expect(ends.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual(ends.map(() => `${outcomes.ok} `));
    expect(recorded.session.reconnects()).toBe(0);
  });

  it.each([
    [418, false],
    [503, true],
  ])('agree on the refusal %i', async (status, retryable) => {
    const recorded = await open('rest', { refused: get(`/status/${status}`) });
    const expected = { outcome: outcomes.rejected, reason: `status ${status}`, retryable };
    expect(await recorded.run('refused')).toMatchObject(expected);
  });

  it('fail together when it is killed, and go on when it is back', async () => {
    const recorded = await open('rest', { quick: get('/get'), slow: get('/delay/8') });
    const lost = Array.from({ length: 4 }, () => recorded.start('slow'));
    await Promise.all(lost.map(({ whenSent }) => whenSent));
    await service.kill();
    for (const { whenEnded } of lost)
      expect(await whenEnded).toMatchObject({ outcome: outcomes.failed, retryable: true });
    const waiting = recorded.start('quick');
    await service.restart();
    await ready();
    expect(await waiting.whenEnded).toMatchObject({ outcome: outcomes.ok });
    expect(recorded.session.reconnects()).toBeGreaterThan(0);
  });
});

describe('WebSocket and somebody else’s service', () => {
  const requests = {
    byId: { message: '{"text":"{{payload}}","id":"{{id}}"}', replyId: '/id' },
    inOrder: { message: 'no. {{sequence}}' },
    checked: { message: '{"id":"{{id}}","code":"no"}', replyId: '/id', expect: { pointer: '/code', values: ['ok'] } },
  } as const satisfies Record<string, WebSocketRequest>;

  it.each(['byId', 'inOrder'])('understand each other: many under way, matched %s', async (operation) => {
    const recorded = await open('websocket', { [operation]: requests[operation as keyof typeof requests] });
    const ends = await Promise.all(Array.from({ length: 200 }, () => recorded.run(operation)));
    expect(ends.map(({ outcome }) => outcome)).toEqual(ends.map(() => outcomes.ok));
    expect(recorded.session.reconnects()).toBe(0);
  });

  it('agree on a refusal', async () => {
    const recorded = await open('websocket', { checked: requests.checked });
    expect(await recorded.run('checked')).toMatchObject({ outcome: outcomes.rejected, reason: 'reply no' });
  });

  it('fail together when it is killed, and go on when it is back', async () => {
    const recorded = await open('websocket', { byId: requests.byId });
    service.pause();
    const lost = Array.from({ length: 8 }, () => recorded.start('byId'));
    await Promise.all(lost.map(({ whenSent }) => whenSent));
    await service.kill();
    for (const { whenEnded } of lost)
      expect(await whenEnded).toMatchObject({ outcome: outcomes.failed, retryable: true });
    const waiting = recorded.start('byId');
    await service.restart();
    await ready();
    expect(await waiting.whenEnded).toMatchObject({ outcome: outcomes.ok });
    expect(recorded.session.reconnects()).toBeGreaterThan(0);
  });
});
