/** Subscribers of systems that push themselves: real servers, on loopback. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Target } from '../../scenarios/scenario.ts';
import type { EventPlace } from '../../scenarios/settled-settings.ts';
import { ownSubscriber } from './own-subscriber.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const id = { pointer: '/order' } as const;
const soon = { timeout: 10_000, interval: 20 };

/** A server that pushes. */
interface Pushing {
  readonly address: string;
  readonly target: Partial<Target> & { readonly events: EventPlace };
  tell(id: string): void;
  /** Ends all streams. */
  cutOff(): void;
  /** Who listens now. */
  listeners(): number;
}

class Heard {
  readonly ids: string[][] = [[], []];
  readonly subscriptions = [0, 0];
  readonly losses = [0, 0];

  subscribed(subscriber: number): void {
    this.subscriptions[subscriber] = (this.subscriptions[subscriber] ?? 0) + 1;
  }

  received(subscriber: number, event: string): void {
    this.ids[subscriber]?.push(event);
  }

  lost(subscriber: number): void {
    this.losses[subscriber] = (this.losses[subscriber] ?? 0) + 1;
  }
}

async function subscribe({ address, target }: Pushing, resume: 'lastSeen' | 'none' = 'lastSeen') {
  const heard = new Heard();
  const context = { target: { name: 'own', ...target } as Target, address, names: {}, trialTag: 'test' };
  const numbers = { subscribers: [0, 1], count: 2, resume };
  const subscription = await ownSubscriber.open({ ...context, ...numbers }, heard, new AbortController().signal);
  closers.push(() => subscription.close());
  return { heard, subscription };
}

async function webSocket(): Promise<Pushing> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  closers.push(() => server.close());
  await new Promise((resolve) => server.on('listening', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const all = (does: (socket: WebSocket) => void) => {
    for (const socket of server.clients) if (socket.readyState === WebSocket.OPEN) does(socket);
  };
  return {
    address,
    target: { events: { by: 'websocket', url: 'ws://shop.test/events', headers: {}, send: [], id } },
    tell: (order) => all((socket) => socket.send(JSON.stringify({ order }))),
    cutOff: () => all((socket) => socket.terminate()),
    listeners: () => server.clients.size,
  };
}

/** Keeps what it told, and begins behind the last that a listener had. */
async function serverSentEvents(): Promise<Pushing> {
  const told: string[] = [];
  const streams = new Set<ServerResponse>();
  const write = (stream: ServerResponse, position: number) =>
    stream.write(`id: ${position}\nevent: order\ndata: ${JSON.stringify({ order: told[position] })}\n\n`);
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).flushHeaders();
    response.on('close', () => streams.delete(response));
    const last = request.headers['last-event-id'];
    for (let n = last === undefined ? told.length : Number(last) + 1; n < told.length; n++) write(response, n);
    streams.add(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: { events: { by: 'sse', url: 'http://shop.test/events', headers: {}, id } },
    tell: (order) => {
      told.push(order);
      for (const stream of streams) write(stream, told.length - 1);
    },
    cutOff: () => streams.forEach((stream) => void stream.destroy()),
    listeners: () => streams.size,
  };
}

/** A field of text, its number 1. */
const encoded = (order: string) => Buffer.from([0x0a, order.length, ...Buffer.from(order)]);

/** Says nothing before its first message, headers neither. */
async function grpcStream(): Promise<Pushing> {
  const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-events-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const proto = join(folder, 'events.proto');
  writeFileSync(
    proto,
    `syntax = "proto3"; package shop;
message Ask { string topic = 1; } message Event { string order = 1; }
service Events { rpc Watch(Ask) returns (stream Event); rpc Last(Ask) returns (Event); }`,
  );
  const streams = new Set<ServerWritableStream<Buffer, Buffer>>();
  const server = new Server();
  const bytes = { requestSerialize: (b: Buffer) => b, requestDeserialize: (b: Buffer) => b };
  const watch = {
    ...{ path: '/shop.Events/Watch', requestStream: false, responseStream: true },
    ...{ ...bytes, responseSerialize: (b: Buffer) => b, responseDeserialize: (b: Buffer) => b },
  } as const;
  server.addService(
    { watch },
    {
      watch: (stream: ServerWritableStream<Buffer, Buffer>) => {
        streams.add(stream);
        stream.on('close', () => streams.delete(stream));
        stream.on('cancelled', () => streams.delete(stream));
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  closers.push(() => server.forceShutdown());
  const events = { by: 'stream', method: 'shop.Events/Watch', message: { topic: 'orders' }, headers: {}, id } as const;
  return {
    address: `127.0.0.1:${port}`,
    target: { protocol: 'grpc', address: 'shop.test:50051', proto, reflection: false, events } as Pushing['target'],
    tell: (order) => streams.forEach((stream) => void stream.write(encoded(order))),
    cutOff: () => streams.forEach((stream) => void stream.end()),
    listeners: () => streams.size,
  };
}

describe.each([
  { place: 'a WebSocket', begin: webSocket, keeps: false },
  { place: 'server-sent events', begin: serverSentEvents, keeps: true },
  { place: 'a stream of gRPC', begin: grpcStream, keeps: false },
])('subscribers of $place of the user’s own', ({ begin, keeps }) => {
  it('have each all events, at the address that they are given', async () => {
    const pushing = await begin();
    const { heard } = await subscribe(pushing);
    for (const order of ['a', 'b', 'c']) pushing.tell(order);
    await vi.waitFor(
      () =>
        expect(heard.ids).toEqual([
          ['a', 'b', 'c'],
          ['a', 'b', 'c'],
        ]),
      soon,
    );
    expect(heard.subscriptions).toEqual([1, 1]);
  });

  it(`come again when they are cut off, ${keeps ? 'for what they have missed' : 'and have what is told from then on'}`, async () => {
    const pushing = await begin();
    const { heard, subscription } = await subscribe(pushing);
    pushing.tell('a');
    await vi.waitFor(() => expect(heard.ids).toEqual([['a'], ['a']]), soon);
    pushing.cutOff();
    await vi.waitFor(() => expect(heard.losses).toEqual([1, 1]), soon);
    pushing.tell('meanwhile');
    await vi.waitFor(() => expect(heard.subscriptions).toEqual([2, 2]), soon);
    expect(pushing.listeners()).toBe(2);
    pushing.tell('b');
    const all = ['a', ...(keeps ? ['meanwhile'] : []), 'b'];
    await vi.waitFor(() => expect(heard.ids).toEqual([all, all]), soon);
    expect(subscription.reconnects()).toBe(2);
  });

  it('do not wait for one that does not read', async () => {
    const pushing = await begin();
    const { heard, subscription } = await subscribe(pushing);
    subscription.pause(0);
    for (const order of ['a', 'b', 'c']) pushing.tell(order);
    await vi.waitFor(() => expect(heard.ids[1]).toEqual(['a', 'b', 'c']), soon);
    expect(heard.ids[0]?.length).toBeLessThan(3);
    subscription.resume(0);
    await vi.waitFor(() => expect(heard.ids[0]).toEqual(['a', 'b', 'c']), soon);
  });
});

it('server-sent events that nobody asks again for are missed', async () => {
  const pushing = await serverSentEvents();
  const { heard } = await subscribe(pushing, 'none');
  pushing.tell('a');
  await vi.waitFor(() => expect(heard.ids).toEqual([['a'], ['a']]), soon);
  pushing.cutOff();
  await vi.waitFor(() => expect(heard.losses).toEqual([1, 1]), soon);
  pushing.tell('meanwhile');
  await vi.waitFor(() => expect(heard.subscriptions).toEqual([2, 2]), soon);
  pushing.tell('b');
  await vi.waitFor(
    () =>
      expect(heard.ids).toEqual([
        ['a', 'b'],
        ['a', 'b'],
      ]),
    soon,
  );
});

it('a method of gRPC that answers once is no stream of events', async () => {
  const pushing = await grpcStream();
  const events = { ...pushing.target.events, method: 'shop.Events/Last' } as EventPlace;
  await expect(subscribe({ ...pushing, target: { ...pushing.target, events } })).rejects.toMatchObject({
    code: 'badMessage',
    exitCode: 2,
  });
});

it.each([
  ['status 404', 404, 'text/event-stream'],
  ['application/json', 200, 'application/json'],
])('a server that answers with %s is not subscribed to', async (said, status, type) => {
  const server = createServer((_, response) => response.writeHead(status, { 'content-type': type }).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { target } = await serverSentEvents();
  await expect(subscribe({ ...(await webSocket()), address, target })).rejects.toMatchObject({
    code: 'cannotConnect',
    message: expect.stringContaining(said),
  });
});
