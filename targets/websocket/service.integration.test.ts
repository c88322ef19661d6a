/** The WebSocket reference service seen by a client nobody here wrote: node's own WebSocket, and `ws` for bad manners. */
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type LoneService, startLoneService } from '../driver-suite/lone-service.ts';
import { websocketAsyncApi } from './asyncapi.ts';
import { websocketEntry } from './preset.ts';

let service: LoneService;
let port: number;

beforeAll(async () => {
  const target = { name: 'websocket', protocol: 'websocket', engine: 'native', via: 'direct', connections: 1 } as const;
  service = await startLoneService(websocketEntry, target);
  port = service.port;
});

afterAll(() => service.stop());

async function open(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { maxPayload: 0 });
  await once(socket, 'open');
  return socket;
}

async function ask(socket: WebSocket, message: unknown): Promise<unknown> {
  const answered = once(socket, 'message');
  socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  return JSON.parse(String((await answered)[0]));
}

it('places, reads, changes, lists and cancels orders', async () => {
  const socket = await open();
  const order = { id: 'o', key: 'k', payload: 'p', status: 'placed', version: 1 };
  const placed = await ask(socket, { id: '1', action: 'place', order: 'o', key: 'k', payload: 'p' });
  expect(placed).toEqual({ id: '1', code: 'created', order });
  expect(await ask(socket, { id: '2', action: 'get', order: 'o' })).toEqual({ id: '2', code: 'ok', order });
  const changed = await ask(socket, { id: '3', action: 'update', order: 'o', payload: 'new' });
  expect(changed).toMatchObject({ code: 'ok', order: { payload: 'new', version: 2 } });
  expect(await ask(socket, { id: '4', action: 'list' })).toMatchObject({ code: 'ok', orders: { length: 4 } });
  expect(await ask(socket, { id: '5', action: 'cancel', order: 'o' })).toMatchObject({
    order: { status: 'cancelled' },
  });
  expect(await ask(socket, { id: '6', action: 'cancel', order: 'o' })).toMatchObject({ id: '6', code: 'conflict' });
  socket.terminate();
});

it('says in AsyncAPI what can be asked of it, to who speaks plain HTTP', async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/asyncapi.json`);
  expect(await answer.json()).toEqual(websocketAsyncApi());
});

it('takes a hand-over, and does it', async () => {
  const socket = await open();
  const handed = await ask(socket, { id: '1', action: 'place', order: 'later', handOver: true });
  expect(handed).toEqual({ id: '1', code: 'accepted', order: null });
  expect(await ask(socket, { id: '2', action: 'get', order: 'later' })).toMatchObject({ code: 'ok' });
  socket.terminate();
});

it.each<[string, unknown, string | null, string]>([
  ['no JSON', 'hello', null, 'invalid'],
  ['broken JSON', '{"id":"1"', null, 'invalid'],
  ['JSON that is no object', '17', null, 'invalid'],
  ['nothing', '', null, 'invalid'],
  ['bytes', Buffer.from([0xff, 0x00]), null, 'invalid'],
  ['an unknown action', { id: '1', action: 'explode', order: 'o' }, '1', 'invalid'],
  ['no order', { id: '1', action: 'get' }, '1', 'invalid'],
  ['an unknown order', { id: '1', action: 'get', order: 'nobody' }, '1', 'notFound'],
  ['a payload that is no text', { id: '1', action: 'place', order: 'o', payload: 1 }, '1', 'invalid'],
  ['an id that is no text', { id: 1, action: 'get', order: 'o' }, null, 'invalid'],
])('answers %s with an error, and goes on', async (_name, message, id, code) => {
  const socket = await open();
  expect(await ask(socket, message)).toMatchObject({ id, code });
  expect(await ask(socket, { id: '2', action: 'get', order: 'order-r-00000001' })).toMatchObject({
    id: '2',
    code: 'ok',
  });
  socket.terminate();
});

it('ends the connection of a message that is too large, and lives on', async () => {
  const socket = await open();
  socket.on('error', () => undefined);
  socket.send('x'.repeat(18 * 1024 * 1024));
  expect((await once(socket, 'close'))[0]).toBe(1009);
  const next = await open();
  expect(await ask(next, { id: '1', action: 'list' })).toMatchObject({ code: 'ok' });
  next.terminate();
});

it('tells a client that speaks plain HTTP what it needs', async () => {
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(426);
});
