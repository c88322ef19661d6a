import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { RestRequest } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { RawServer } from '../driver-suite/raw-server.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { restDriver } from './driver.ts';

const get: RestRequest = { method: 'GET', path: '/{{id}}', headers: {}, expect: { status: [200] } };
const post: RestRequest = { method: 'POST', path: '/', headers: {}, body: '{{payload}}', expect: { status: [200] } };
const fine = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

const cleanUp: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

function isProbe(data: Buffer): boolean {
  return data.toString('latin1').startsWith('HEAD /probe ');
}

interface Opened {
  readonly server: RawServer;
  readonly recorded: RecordedSession;
}

/** Every request but the probe of `open` is answered by `answer`. */
async function openTo(answer: (socket: Socket, n: number) => void, connections = 1): Promise<Opened> {
  let requests = 0;
  const server = await RawServer.listen((socket) => {
    socket.on('data', (data) => {
      if (isProbe(data)) socket.write(fine.slice(0, -2));
      else answer(socket, requests++);
    });
  });
  cleanUp.push(() => server.close());
  return { server, recorded: await openSession(server.address, connections) };
}

async function openSession(address: string, connections: number): Promise<RecordedSession> {
  const recorded = await RecordedSession.open({
    driver: restDriver,
    target: {
      name: 'own',
      protocol: 'rest',
      engine: 'native',
      via: 'direct',
      connections,
      address: `http://${address}`,
    },
    address,
    operations: { get: { pattern: 'request-reply', request: get }, post: { pattern: 'request-reply', request: post } },
    payloads: { post: [Buffer.alloc(4 * 1024 * 1024, 'x')] },
  });
  cleanUp.push(async () => {
    await recorded.close();
    expect(recorded.violations).toEqual([]);
  });
  return recorded;
}

describe('REST driver on bad days', () => {
  it.each([1, 40])('tells what a refusal said, from an answer in pieces of %i bytes at first', async (first) => {
    const refusal = 'HTTP/1.1 409 Conflict\r\nserver: scripted\r\ncontent-length: 9\r\n\r\n{"no":42}';
    const { recorded } = await openTo((socket, n) => {
      if (n > 0) socket.write(refusal);
      else {
        socket.write(refusal.slice(0, refusal.length - first));
        setTimeout(() => socket.write(refusal.slice(-first)), 20);
      }
    });
    const inPieces = await recorded.run('get');
    expect(inPieces.detail?.head).toMatch(/^HTTP\/1.1 409 Conflict/);
    expect((await recorded.run('get')).detail?.body).toBe('{"no":42}');
  });

  it('tells of a request without an answer nothing that came before it', async () => {
    const { recorded } = await openTo((socket, n) => (n === 0 ? socket.write(fine) : socket.end()));
    await recorded.run('get');
    expect(await recorded.run('get')).toMatchObject({ reason: 'connection closed', detail: null });
  });

  it.each([
    ['garbage', '\0\x01\x02 garbage\r\n\r\n', 'malformed answer'],
    ['an endless head', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`, 'oversized answer'],
    ['an answer too large', 'HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n', 'oversized answer'],
  ])('fails on %s, replaces the connection and goes on', async (_name, answer, reason) => {
    const { server, recorded } = await openTo((socket, n) => socket.write(n === 0 ? answer : fine));
    expect(await recorded.run('get')).toMatchObject({ outcome: outcomes.failed, reason, retryable: true });
    expect(await recorded.run('get')).toMatchObject({ outcome: outcomes.ok });
    expect(server.connections).toBe(2);
    expect(recorded.session.reconnects()).toBe(1);
  });

  it.each([
    ['before the answer', '', 'connection closed'],
    ['in its head', 'HTTP/1.1 200 OK\r\ncont', 'truncated answer'],
    ['in its body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello', 'truncated answer'],
    ['in a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhello', 'truncated answer'],
  ])('fails when the peer closes %s', async (_name, answer, reason) => {
    const { recorded } = await openTo((socket, n) => (n === 0 ? socket.end(answer) : socket.write(fine)));
    expect(await recorded.run('get')).toMatchObject({ outcome: outcomes.failed, reason, retryable: true });
    expect(await recorded.run('get')).toMatchObject({ outcome: outcomes.ok });
  });

  it('fails everything in flight on a reset, and only that', async () => {
    const { server, recorded } = await openTo((socket, n) => n >= 4 && socket.write(fine), 4);
    const lost = [1, 2, 3, 4].map(() => recorded.start('get'));
    const waiting = [1, 2, 3].map(() => recorded.start('get'));
    await Promise.all(lost.map(({ whenSent }) => whenSent));
    await sleep(50);
    server.resetConnections();
    for (const { whenEnded } of lost) {
      expect(await whenEnded).toMatchObject({ outcome: outcomes.failed, reason: 'connection reset', retryable: true });
    }
    for (const { whenEnded } of waiting) expect(await whenEnded).toMatchObject({ outcome: outcomes.ok });
    expect(recorded.session.reconnects()).toBeGreaterThan(0);
  });

  it('does not use a connection again on which more came than was asked for', async () => {
    const { server, recorded } = await openTo((socket) => socket.write(`${fine}HTTP/1.1 408 Request Timeout\r\n\r\n`));
    expect(await recorded.run('get')).toMatchObject({ outcome: outcomes.ok });
    expect(await recorded.run('get')).toMatchObject({ outcome: outcomes.ok });
    expect(server.connections).toBeGreaterThanOrEqual(2);
  });

  it('does not use a connection again on which something came unasked', async () => {
    const { server, recorded } = await openTo((socket) => {
      socket.write(fine);
      setTimeout(() => socket.writable && socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n'), 20);
    });
    await recorded.run('get');
    await sleep(100);
    expect(await recorded.run('get')).toMatchObject({ outcome: outcomes.ok });
    expect(server.connections).toBeGreaterThanOrEqual(2);
  });

  it('does not use a connection again whose request was answered before it was sent to its end', async () => {
    let bodies = 0;
    const server = await RawServer.listen((socket) => {
      socket.on('data', (data) => {
        const method = data.toString('latin1', 0, 5);
        if (method === 'GET /') socket.write(fine);
        else if (method === 'POST ') {
          bodies++;
          socket.pause(); // the rest is never read
          socket.write('HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n');
        }
      });
    });
    cleanUp.push(() => server.close());
    const recorded = await openSession(server.address, 1);
    expect(await recorded.run('post')).toMatchObject({
      outcome: outcomes.rejected,
      reason: 'status 413',
      retryable: false,
    });
    expect(await recorded.run('get')).toMatchObject({ outcome: outcomes.ok });
    expect(bodies).toBe(1);
  });

  it.each([
    [429, true],
    [500, false],
    [502, true],
    [503, true],
    [504, true],
    [404, false],
  ])('rejects on status %i, retryable: %s', async (status, retryable) => {
    const { recorded } = await openTo((socket) => socket.write(`HTTP/1.1 ${status} x\r\ncontent-length: 0\r\n\r\n`));
    expect(await recorded.run('get')).toMatchObject({
      outcome: outcomes.rejected,
      reason: `status ${status}`,
      retryable,
    });
  });

  it('reads answers that come byte by byte on many connections at once', async () => {
    const { recorded } = await openTo(async (socket) => {
      for (const byte of fine) {
        socket.write(byte);
        await sleep(1);
      }
    }, 8);
    const ends = await Promise.all(Array.from({ length: 32 }, () => recorded.run('get')));
    expect(ends.map(({ outcome }) => outcome)).toEqual(ends.map(() => outcomes.ok));
  });

  it('replaces the connection of an aborted request, and serves the next in order', async () => {
    const { server, recorded } = await openTo((socket, n) => n > 0 && socket.write(fine));
    const stuck = recorded.start('get');
    await stuck.whenSent;
    const order: string[] = [];
    const next = ['a', 'b', 'c'].map((name) => recorded.start('get').whenEnded.then(() => order.push(name)));
    recorded.abort(stuck);
    await Promise.all(next);
    expect(order).toEqual(['a', 'b', 'c']);
    expect(server.connections).toBe(2);
    expect(recorded.session.reconnects()).toBe(0);
  });

  it('gives no rest to a peer that closes each connection at once, but no storm either', async () => {
    const { server, recorded } = await openTo((socket) => socket.destroy());
    await recorded.run('get');
    const accepted = server.connections;
    const hammering = setInterval(() => server.resetConnections(), 5);
    await sleep(600);
    clearInterval(hammering);
    expect(server.connections - accepted).toBeGreaterThan(1);
    expect(server.connections - accepted).toBeLessThan(20);
  });

  it.each([
    ['accepts and says nothing of HTTP', (socket: Socket) => socket.write('220 mail.test ESMTP\r\n')],
    ['closes each connection', (socket: Socket) => socket.end()],
  ])('does not open where a peer %s', async (_name, onSocket) => {
    const server = await RawServer.listen(onSocket);
    cleanUp.push(() => server.close());
    await expect(openSession(server.address, 2)).rejects.toMatchObject({ code: 'cannotConnect', exitCode: 3 });
  });
});

describe('REST driver and node:http', () => {
  async function serve(listener: RequestListener): Promise<RecordedSession> {
    const server: Server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
    return openSession(`127.0.0.1:${(server.address() as AddressInfo).port}`, 2);
  }

  it('sends bodies whole, large ones too', async () => {
    let received = 0;
    const recorded = await serve(async (request, response) => {
      for await (const chunk of request) received += (chunk as Buffer).length;
      response.end();
    });
    const ends = await Promise.all([1, 2, 3].map(() => recorded.run('post')));
    expect(ends.map(({ outcome }) => outcome)).toEqual([outcomes.ok, outcomes.ok, outcomes.ok]);
    expect(received).toBe(3 * 4 * 1024 * 1024);
  });

  it('reads chunked answers with trailers, and opens a new connection where the last was closed', async () => {
    const recorded = await serve((request, response) => {
      if (request.method === 'HEAD') return response.end();
      response.writeHead(200, { trailer: 'x-sum', connection: 'close' });
      response.write('one');
      response.write('two');
      response.addTrailers({ 'x-sum': '2' });
      response.end();
    });
    for (let n = 0; n < 5; n++) expect(await recorded.run('get')).toMatchObject({ outcome: outcomes.ok });
    expect(recorded.session.reconnects()).toBe(0);
  });
});
