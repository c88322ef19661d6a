import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket as Peer, WebSocketServer } from 'ws';
import type { WebSocketRequest } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { RawServer } from '../driver-suite/raw-server.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { websocketDriver } from './driver.ts';
import { acceptFor } from './handshake.ts';

const closeFrame = 0x88;
const pongFrame = 0x8a;
const byId: WebSocketRequest = { message: '{"id":"{{id}}","n":{{sequence}}}', replyId: '/id' };

const cleanUp: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

interface SessionOptions {
  readonly connections?: number;
  readonly request?: WebSocketRequest;
  readonly payload?: Buffer;
}

async function openSession(address: string, options: SessionOptions = {}): Promise<RecordedSession> {
  const { connections = 1, request = byId, payload } = options;
  const recorded = await RecordedSession.open({
    driver: websocketDriver,
    target: {
      name: 'own',
      protocol: 'websocket',
      engine: 'native',
      via: 'direct',
      connections,
      address: `ws://${address}/live`,
    },
    address,
    operations: { ask: { pattern: 'request-reply', request } },
    payloads: payload === undefined ? {} : { ask: [payload] },
  });
  cleanUp.push(async () => {
    await recorded.close();
    expect(recorded.violations).toEqual([]);
  });
  return recorded;
}

/** A `ws` server that hands over every message, as text, in the order of arrival. */
async function serve(
  onMessage: (text: string, peer: Peer, n: number) => void,
): Promise<{ address: string; server: WebSocketServer }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/live' });
  await once(server, 'listening');
  let messages = 0;
  server.on('connection', (peer) => {
    peer.on('error', () => undefined);
    peer.on('message', (data) => onMessage(data.toString(), peer, messages++));
  });
  cleanUp.push(() => {
    for (const peer of server.clients) peer.terminate();
    return new Promise((resolve) => server.close(resolve));
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function handshakeAnswer(key: string): string {
  const accept = `sec-websocket-accept: ${acceptFor(key)}`;
  return `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n${accept}\r\n\r\n`;
}

/** A server that agrees to become a WebSocket and then writes raw bytes for every message. */
async function serveRaw(onData: (socket: Socket, n: number) => void): Promise<RawServer> {
  let messages = 0;
  const server = await RawServer.listen((socket) => {
    socket.on('data', (data) => {
      const key = /sec-websocket-key: (\S+)/.exec(data.toString('latin1'))?.[1];
      if (data[0] === closeFrame) return socket.end();
      if (key === undefined) return onData(socket, messages++);
      socket.write(handshakeAnswer(key));
    });
  });
  cleanUp.push(() => server.close());
  return server;
}

describe('WebSocket driver', () => {
  it('matches answers by id, whatever their order and connection', async () => {
    const held: [string, Peer][] = [];
    const { address } = await serve((text, peer) => {
      held.push([text, peer]);
      if (held.length === 20) for (const [late, from] of held.reverse()) from.send(late);
    });
    const recorded = await openSession(address, { connections: 3 });
    const ends = await Promise.all(Array.from({ length: 20 }, () => recorded.run('ask')));
    expect(ends.map(({ outcome }) => outcome)).toEqual(ends.map(() => outcomes.ok));
  });

  it('uses its connections in turn', async () => {
    const messages = new Map<Peer, number>();
    const { address } = await serve((text, peer) => {
      messages.set(peer, (messages.get(peer) ?? 0) + 1);
      peer.send(text);
    });
    const recorded = await openSession(address, { connections: 4 });
    await Promise.all(Array.from({ length: 40 }, () => recorded.run('ask')));
    expect([...messages.values()]).toEqual([10, 10, 10, 10]);
  });

  it('matches by sequence where the message holds only that', async () => {
    const { address } = await serve((text, peer) => peer.send(text));
    const recorded = await openSession(address, { request: { message: '{"id":{{sequence}}}', replyId: '/id' } });
    const ends = await Promise.all(Array.from({ length: 10 }, () => recorded.run('ask')));
    expect(ends.map(({ outcome }) => outcome)).toEqual(ends.map(() => outcomes.ok));
  });

  it('without ids takes answers in the order of the messages, also past one that gave up', async () => {
    const held: (() => void)[] = [];
    const { address } = await serve((_text, peer) => held.push(() => peer.send('an answer')));
    const recorded = await openSession(address, { request: { message: 'no. {{sequence}}' } });
    const [first, second, third] = [recorded.start('ask'), recorded.start('ask'), recorded.start('ask')];
    while (held.length < 3) await sleep(5);
    recorded.abort(first);
    held[0]?.();
    await sleep(50);
    expect([second.outcome, third.outcome]).toEqual([null, null]);
    held[1]?.();
    await second.whenEnded;
    expect(third.outcome).toBeNull();
    held[2]?.();
    expect(await third.whenEnded).toMatchObject({ outcome: outcomes.ok });
  });

  it('passes over messages that nobody waits for', async () => {
    const { address, server } = await serve((text, peer) => {
      peer.send('a greeting');
      peer.send('{"id":"somebody else"}');
      peer.send(Buffer.from([0, 1, 2]));
      peer.send(text);
    });
    server.on('connection', (peer) => peer.send('welcome'));
    const recorded = await openSession(address);
    for (let n = 0; n < 5; n++) expect(await recorded.run('ask')).toMatchObject({ outcome: outcomes.ok });
  });

  it('takes the late answer to an attempt for the retry of the same request, never for another', async () => {
    const held: (() => void)[] = [];
    const { address } = await serve((text, peer) => held.push(() => peer.send(text)));
    const recorded = await openSession(address);
    const first = recorded.start('ask');
    while (held.length < 1) await sleep(5);
    recorded.abort(first);
    const other = recorded.start('ask', { slot: first.slot });
    held[0]?.();
    await sleep(50);
    expect(other.outcome).toBeNull();
    recorded.abort(other);
    const again = recorded.start('ask', { slot: first.slot, id: first.id, attempt: 2 });
    held[0]?.();
    expect(await again.whenEnded).toMatchObject({ outcome: outcomes.ok });
  });

  it.each([
    ['{"id":"ID","status":"done"}', outcomes.ok, ''],
    ['{"id":"ID","status":true}', outcomes.ok, ''],
    ['{"id":"ID","status":"refused"}', outcomes.rejected, 'reply refused'],
    ['{"id":"ID"}', outcomes.rejected, 'reply without a code'],
  ])('goes by the value that is expected in %s', async (answer, outcome, reason) => {
    const { address } = await serve((text, peer) => peer.send(answer.replace('ID', JSON.parse(text).id)));
    const request = { ...byId, expect: { pointer: '/status', values: ['done', 'true'] } };
    const recorded = await openSession(address, { request });
    const attempt = await recorded.run('ask');
    expect(attempt).toMatchObject({ outcome, reason, retryable: false });
    const said = outcome === outcomes.ok ? undefined : answer.replace('ID', attempt.id);
    expect(attempt.detail?.body).toBe(said);
  });

  it('answers pings, also between fragments, and reads fragmented answers', async () => {
    const pongs: string[] = [];
    const { address } = await serve((text, peer) => {
      peer.ping('are you there?');
      peer.send(text.slice(0, 9), { fin: false });
      peer.ping('still?');
      peer.send(text.slice(9), { fin: true });
      peer.on('pong', (data) => pongs.push(data.toString()));
    });
    const recorded = await openSession(address);
    expect(await recorded.run('ask')).toMatchObject({ outcome: outcomes.ok });
    while (pongs.length < 2) await sleep(5);
    expect(pongs).toEqual(['are you there?', 'still?']);
  });

  it('holds back while the peer does not read, and loses nothing', async () => {
    const { address, server } = await serve((text, peer) => peer.send(JSON.stringify({ id: JSON.parse(text).id })));
    const request = { message: '{"id":"{{id}}","payload":"{{payload}}"}', replyId: '/id' };
    const recorded = await openSession(address, { connections: 2, request, payload: Buffer.alloc(1024 * 1024, 'x') });
    for (const peer of server.clients) peer.pause();
    const attempts = Array.from({ length: 40 }, () => recorded.start('ask'));
    await sleep(100);
    expect(attempts.filter(({ sentTimes }) => sentTimes > 0).length).toBeLessThan(attempts.length);
    for (const peer of server.clients) peer.resume();
    const ends = await Promise.all(attempts.map(({ whenEnded }) => whenEnded));
    expect(ends.map(({ outcome }) => outcome)).toEqual(ends.map(() => outcomes.ok));
  });

  it('says goodbye when it closes', async () => {
    const { address, server } = await serve(() => undefined);
    const recorded = await openSession(address);
    const [peer] = [...server.clients];
    const closed = once(peer as Peer, 'close');
    await recorded.close();
    expect((await closed)[0]).toBe(1000);
  });
});

describe('WebSocket driver on bad days', () => {
  it.each([
    ['garbage', Buffer.from('HTTP/1.1 500 oh no\r\n\r\n'), 'malformed answer'],
    ['a masked frame', Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5]), 'malformed answer'],
    ['a message too large', Buffer.from([0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0]), 'oversized answer'],
    ['an orderly close', Buffer.from([0x88, 2, 0x03, 0xe9]), 'connection closed'],
    ['a close that complains', Buffer.from([0x88, 2, 0x03, 0xf1]), 'connection closed with 1009'],
  ])('fails all in flight on %s, and goes on', async (_name, bytes, reason) => {
    const server = await serveRaw((socket, n) => {
      if (n === 0) socket.write(bytes);
      else socket.write(Buffer.concat([Buffer.from([0x81, 2]), Buffer.from('ok')]));
    });
    const recorded = await openSession(server.address, { request: { message: '{{id}}' } });
    const lost = [recorded.start('ask'), recorded.start('ask')];
    for (const { whenEnded } of lost) {
      expect(await whenEnded).toMatchObject({ outcome: outcomes.failed, reason, retryable: true });
    }
    expect(await recorded.run('ask')).toMatchObject({ outcome: outcomes.ok });
    expect(recorded.session.reconnects()).toBe(1);
  });

  it('fails all in flight on a reset', async () => {
    const server = await serveRaw((socket) => socket.resetAndDestroy());
    const recorded = await openSession(server.address, { connections: 1 });
    const lost = [recorded.start('ask'), recorded.start('ask')];
    for (const { whenEnded } of lost)
      expect(await whenEnded).toMatchObject({ outcome: outcomes.failed, retryable: true });
  });

  it('reads a handshake byte by byte, and a frame that comes in the same piece as its end', async () => {
    const ponged = Promise.withResolvers<void>();
    const server = await RawServer.listen((socket) => {
      socket.once('data', (data) => {
        const key = /sec-websocket-key: (\S+)/.exec(data.toString('latin1'))?.[1] ?? '';
        const head = handshakeAnswer(key);
        for (const byte of Buffer.from(head.slice(0, -1))) socket.write(Buffer.from([byte]));
        socket.write(Buffer.concat([Buffer.from(head.slice(-1)), Buffer.from([0x89, 1, 0x70])])); // a ping
        socket.on('data', (frame) => {
          if (frame[0] === pongFrame) ponged.resolve();
          else if (frame[0] === closeFrame) socket.end();
        });
      });
    });
    cleanUp.push(() => server.close());
    const recorded = await openSession(server.address);
    await ponged.promise;
    expect(recorded.session.reconnects()).toBe(0);
  });

  it('makes no storm on a peer that agrees and closes at once', async () => {
    let agreed = 0;
    const { address, server } = await serve(() => undefined);
    const recorded = await openSession(address);
    server.on('connection', (peer) => {
      agreed++;
      peer.terminate();
    });
    for (const peer of server.clients) peer.terminate();
    await sleep(600);
    expect(agreed).toBeGreaterThan(1);
    expect(agreed).toBeLessThan(10);
    expect(recorded.session.reconnects()).toBeGreaterThan(1);
  });

  it.each([
    ['refuses', 'HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n', 'handshake status 403'],
    ['agrees to another key', handshakeAnswer('another'), 'malformed handshake'],
    ['answers without end', 'x'.repeat(70_000), 'oversized answer'],
  ])('does not open where the peer %s', async (_name, answer, why) => {
    const server = await RawServer.listen((socket) => socket.once('data', () => socket.write(answer)));
    cleanUp.push(() => server.close());
    const error = await openSession(server.address).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'cannotConnect', exitCode: 3, message: expect.stringContaining(why) });
  });

  it.each<[string, SessionOptions]>([
    [
      'a message without an id where answers are found by one',
      { request: { message: '{"key":"{{key}}"}', replyId: '/id' } },
    ],
    ['a payload that is no text', { request: { message: '{{id}}{{payload}}' }, payload: Buffer.from([0xff, 0xfe]) }],
  ])('refuses %s', async (_name, options) => {
    await expect(openSession('127.0.0.1:1', options)).rejects.toMatchObject({ code: 'unusableRequest', exitCode: 2 });
  });
});
