/** What an own WebSocket service may ask for before it answers, and what it may say by itself; both clients. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocketTarget } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { websocketEntry } from './preset.ts';

const acknowledged = { send: '{"type":"connection_init"}', await: { pointer: '/type', values: ['connection_ack'] } };
const ticks = [{ pointer: '/type', values: ['tick'] }];
let server: WebSocketServer;
let asked: IncomingMessage[] = [];
/** In the order in which they came. */
let received: string[] = [];

/** Speaks as graphql-ws does: says nothing useful before `connection_init`, and now and then something unasked. */
beforeAll(async () => {
  const handleProtocols = (offered: Set<string>) => offered.has('graphql-transport-ws') && 'graphql-transport-ws';
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols });
  await once(server, 'listening');
  server.on('connection', (peer, request) => {
    asked.push(request);
    peer.send('{"type":"welcome"}');
    let isGreeted = false;
    peer.on('message', (data) => {
      const text = data.toString();
      received.push(text);
      if (text.includes('connection_init')) {
        isGreeted = true;
        peer.send('{"type":"connection_ack"}');
      } else if (isGreeted) {
        peer.send('{"type":"tick"}');
        peer.send(`{"type":"answer","to":${text}}`);
      } else peer.close(4401);
    });
  });
});
afterAll(() => {
  for (const peer of server.clients) peer.terminate();
  server.close();
});
beforeEach(() => {
  asked = [];
  received = [];
});

describe.each(['own', 'ws'] as const)('the client %s', (client) => {
  function open(settings: Partial<WebSocketTarget>, path = '/live') {
    const { port } = server.address() as AddressInfo;
    const common = { name: 'own', protocol: 'websocket', engine: 'native', via: 'direct', connections: 2 } as const;
    return RecordedSession.open({
      driver: websocketEntry.driver,
      target: { ...common, client, address: `ws://127.0.0.1:${port}${path}`, ...settings },
      address: `127.0.0.1:${port}`,
      operations: { say: { pattern: 'request-reply', request: { message: '"{{id}}"' } } },
    });
  }

  it('shows headers, query and subprotocol with its handshake', async () => {
    const headers = { authorization: 'Bearer secret', Origin: 'https://shop.test' };
    const session = await open({ headers, subprotocol: ['other', 'graphql-transport-ws'] }, '/live?token=secret');
    await session.close();
    expect(asked.map(({ url }) => url)).toEqual(['/live?token=secret', '/live?token=secret']);
    expect(asked[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      origin: 'https://shop.test',
      'sec-websocket-protocol': expect.stringMatching(/^other, ?graphql-transport-ws$/),
    });
  });

  it('refuses a service that chooses none of the subprotocols', async () => {
    await expect(open({ subprotocol: ['mqtt'] })).rejects.toMatchObject({
      message: expect.stringContaining('subprotocol'),
      exitCode: 3,
    });
  });

  it('sends nothing before what is waited for has come, and takes pushes for no answers', async () => {
    const session = await open({ onOpen: [acknowledged], ignore: ticks });
    const ends = await Promise.all(Array.from({ length: 20 }, () => session.run('say')));
    expect(ends.map(({ outcome }) => outcome)).toEqual(ends.map(() => outcomes.ok));
    expect(session.session.ignoredMessages?.()).toBe(20);
    await session.close();
    expect(session.violations).toEqual([]);
    expect(received.slice(0, 2)).toEqual([acknowledged.send, acknowledged.send]);
  });
});

it('says what came in place of what is waited for', async () => {
  const { port } = server.address() as AddressInfo;
  const never = { send: 'hello', await: { pointer: '/type', values: ['never'] } };
  const refused = RecordedSession.open({
    driver: websocketEntry.driver,
    target: {
      ...{ name: 'own', protocol: 'websocket', engine: 'native', via: 'direct', connections: 1 },
      ...{ address: `ws://127.0.0.1:${port}/`, onOpen: [{ ...acknowledged, await: never.await }] },
    },
    address: `127.0.0.1:${port}`,
    operations: { say: { pattern: 'request-reply', request: { message: '"{{id}}"' } } },
  });
  await expect(refused).rejects.toMatchObject({
    message: expect.stringContaining('no answer as awaited by onOpen[0]; it said {"type":"connection_ack"}'),
  });
});
