/** Observers whose peer goes away, or does not do as it should: real servers, on loopback. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import type { FlowObserver } from './flow-observer.ts';
import { openObserver } from './open-observer.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

class Seen {
  readonly ids: string[] = [];
  unreadables = 0;
  interruptions = 0;

  settled(id: string): void {
    this.ids.push(id);
  }

  unreadable(): void {
    this.unreadables++;
  }

  interrupted(): void {
    this.interruptions++;
  }
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function kept(observer: FlowObserver): FlowObserver {
  closers.push(() => observer.close());
  return observer;
}

const until = { pointer: '/status', equals: ['shipped'] };

describe('a WebSocket that is observed', () => {
  it('is subscribed to, and again when it was cut off, which is told', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    const subscriptions: string[] = [];
    sockets.on('connection', (socket) => socket.on('message', (data) => subscriptions.push(String(data))));
    const url = `ws://127.0.0.1:${await listening(server)}/events`;
    const seen = new Seen();
    const settings = { by: 'websocket', url, headers: {}, send: ['all'], id: { pointer: '/id' }, withinMs: 1 } as const;
    kept(await openObserver(settings, seen, { name: 'test' }));
    const tell = (id: string) => {
      for (const socket of sockets.clients) socket.send(JSON.stringify({ id }));
    };
    await vi.waitFor(() => expect(subscriptions).toHaveLength(1));
    tell('one');
    await vi.waitFor(() => expect(seen.ids).toEqual(['one']));
    for (const socket of sockets.clients) socket.terminate();
    await vi.waitFor(() => expect(subscriptions).toEqual(['all', 'all']), 5_000);
    tell('two');
    await vi.waitFor(() => expect(seen.ids).toEqual(['one', 'two']));
    expect(seen.interruptions).toBe(1);
  });

  it('is subscribed to once its service has read that it is, or answers nothing of the kind', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server, autoPong: false });
    let answersPings = true;
    const done: string[] = [];
    sockets.on('connection', (socket) => {
      socket.on('message', () => done.push('read'));
      socket.on('ping', (data) => answersPings && setTimeout(() => socket.pong(data), 50));
    });
    const url = `ws://127.0.0.1:${await listening(server)}/events`;
    const settings = { by: 'websocket', url, headers: {}, send: ['all'], id: { pointer: '/id' }, withinMs: 1 } as const;
    const opened = () => Object.assign(new Seen(), { opened: () => void done.push('opened') });
    kept(await openObserver(settings, opened(), { name: 'test' }));
    expect(done).toEqual(['read', 'opened']);
    answersPings = false;
    kept(await openObserver(settings, opened(), { name: 'test' }));
    expect(done).toEqual(['read', 'opened', 'read', 'opened']);
  });

  it('cannot be where it is closed at once', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server, autoPong: false });
    sockets.on('connection', (socket) => socket.close(1008, 'not you'));
    const url = `ws://127.0.0.1:${await listening(server)}`;
    const settings = { by: 'websocket', url, headers: {}, send: [], id: { pointer: '/id' }, withinMs: 1 } as const;
    await expect(openObserver(settings, new Seen(), { name: 'test' })).rejects.toMatchObject({ code: 'cannotConnect' });
  });

  it('cannot be where nobody answers', async () => {
    const server = createServer((_, response) => response.writeHead(403).end());
    const url = `ws://127.0.0.1:${await listening(server)}`;
    const settings = { by: 'websocket', url, headers: {}, send: [], id: { pointer: '/id' }, withinMs: 1 } as const;
    await expect(openObserver(settings, new Seen(), { name: 'test' })).rejects.toMatchObject({
      code: 'cannotConnect',
      exitCode: 3,
    });
  });
});

describe('a flow that is asked for', () => {
  it('is asked for until the answer says so, through failures, each counted', async () => {
    const answers: ((response: ServerResponse) => void)[] = [
      (response) => response.writeHead(404).end(),
      (response) => response.writeHead(500).end('{"status":"shipped"}'),
      (response) => response.destroy(),
      (response) => response.writeHead(200).end('no JSON'),
      (response) => response.writeHead(200).end('{"status":"paid"}'),
    ];
    const asked: string[] = [];
    const server = createServer((request: IncomingMessage, response) => {
      asked.push(request.url ?? '');
      const answer = answers.shift() ?? ((last: ServerResponse) => last.writeHead(200).end('{"status":"shipped"}'));
      answer(response);
    });
    const url = `http://127.0.0.1:${await listening(server)}/orders/{{id}}?full=1`;
    const seen = new Seen();
    const observer = kept(
      await openObserver({ by: 'poll', url, headers: {}, everyMs: 5, until }, seen, { name: 'test' }),
    );
    expect(observer.polls?.()).toEqual({ requests: 0, failed: 0 });
    observer.follow?.(['a-1']);
    await vi.waitFor(() => expect(seen.ids).toEqual(['a-1']), 5_000);
    expect(observer.polls?.()).toEqual({ requests: 6, failed: 2 });
    expect(new Set(asked)).toEqual(new Set(['/orders/a-1?full=1']));
  });
});
