import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { RestRequest } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { restDriver } from './driver.ts';
import { undiciDriver } from './undici-driver.ts';

const request: RestRequest = { method: 'GET', path: '/{{id}}', headers: {}, expect: { status: [200] } };
const drivers = { own: restDriver, undici: undiciDriver } as const;

const cleanUp: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Over the load, as the server saw them. */
interface Seen {
  connections: number;
  readonly server: Server;
}

async function openTo(
  client: keyof typeof drivers,
  target: { readonly connections: number; readonly reuse?: number },
  answer: RequestListener = (_, response) => void response.end('ok'),
) {
  const server = createServer(answer);
  const seen: Seen = { connections: 0, server };
  server.on('connection', () => seen.connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const recorded = await RecordedSession.open({
    driver: drivers[client],
    target: {
      ...{ name: 'own', protocol: 'rest', engine: 'native', via: 'direct', address: `http://${address}` },
      ...target,
    },
    address,
    operations: { get: { pattern: 'request-reply', request } },
  });
  cleanUp.push(async () => {
    await recorded.close();
    expect(recorded.violations).toEqual([]);
  });
  seen.connections = 0;
  return { recorded, seen };
}

async function inTurn(recorded: RecordedSession, times: number): Promise<(number | null)[]> {
  const ended: (number | null)[] = [];
  for (let n = 0; n < times; n++) ended.push((await recorded.run('get')).outcome);
  return ended;
}

describe.each(['own', 'undici'] as const)('client %s', (client) => {
  it('dials anew when a connection has had its requests, and not before one is needed', async () => {
    const { recorded, seen } = await openTo(client, { connections: 1, reuse: 3 });
    expect(await inTurn(recorded, 3)).toEqual(Array(3).fill(outcomes.ok));
    expect(seen.connections).toBe(0);
    expect(await inTurn(recorded, 7)).toEqual(Array(7).fill(outcomes.ok));
    expect(seen.connections).toBe(3);
    expect(recorded.session.httpCounts?.()?.handshakes).toBe(3);
    expect(recorded.session.reconnects()).toBe(0);
  });

  it('a connection for each request, no more of them at a time than there are to be', async () => {
    let [open, most] = [0, 0];
    const { recorded, seen } = await openTo(client, { connections: 2, reuse: 1 }, (_, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => response.end('ok', () => open--), 5);
    });
    const attempts = Array.from({ length: 10 }, () => recorded.start('get').whenEnded);
    expect((await Promise.all(attempts)).map(({ outcome }) => outcome)).toEqual(Array(10).fill(outcomes.ok));
    expect(most).toBe(2);
    expect(seen.connections).toBe(8);
  });

  it('a dial that is refused is the failure of the attempt that needed it', async () => {
    const { recorded, seen } = await openTo(client, { connections: 1, reuse: 1 });
    await recorded.run('get');
    await new Promise((resolve) => seen.server.close(resolve));
    const refused = await recorded.run('get');
    expect(refused).toMatchObject({ outcome: outcomes.failed, reason: 'connection refused', sentTimes: 0 });
  });

  it('goes on after one that gave up while it was dialled for', async () => {
    const { recorded } = await openTo(client, { connections: 1, reuse: 1 });
    await recorded.run('get');
    recorded.abort(recorded.start('get'));
    expect(await inTurn(recorded, 3)).toEqual(Array(3).fill(outcomes.ok));
  });

  it('counts the connections that a server closes after each answer', async () => {
    const { recorded, seen } = await openTo(client, { connections: 1 }, (_, response) => {
      response.setHeader('connection', 'close');
      response.end('ok');
    });
    expect(await inTurn(recorded, 4)).toEqual(Array(4).fill(outcomes.ok));
    const { handshakes = 0 } = recorded.session.httpCounts?.() ?? {};
    expect(handshakes).toBeGreaterThanOrEqual(3);
    expect(seen.connections).toBeGreaterThanOrEqual(3);
  });
});
