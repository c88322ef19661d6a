/** Each gateway before two real REST services; node's own fetch is the client, our drivers for the other protocols. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CacheSettings } from '../../scenarios/cache-settings.ts';
import type { CallerHolding } from '../../scenarios/callers.ts';
import { authsOfGateway, type Gateway, gatewayNames, keysByUrl, layerFourGateways } from '../../scenarios/gateway.ts';
import type { Target } from '../../scenarios/scenario.ts';
import { readableOrderId } from '../domain/service-options.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { grpcEntry } from '../grpc/preset.ts';
import { freePort } from '../process/free-port.ts';
import { type RunningService, startReferenceService } from '../process/reference-service.ts';
import { restEntry } from '../rest/preset.ts';
import { ensurePrograms } from '../stack/install.ts';
import { websocketEntry } from '../websocket/preset.ts';
import { issueCredentials } from './caller-credentials.ts';
import { type GatewayPlan, type GatewayProtocol, tokenLeewayS } from './gateway-kind.ts';
import { startKeyServer } from './key-server.ts';
import { type RunningGateway, startGateway } from './start-gateway.ts';

const entries = { rest: restEntry, grpc: grpcEntry, websocket: websocketEntry };
const plain: Omit<Gateway, 'kind'> = {
  layer: 7,
  keys: 'file',
  balance: 'round-robin',
  auth: 'none',
  rateLimit: null,
  retries: 0,
  routes: [],
};
const open: RunningGateway[] = [];
const services: RunningService[] = [];
let directory: string;
let paths: Record<(typeof gatewayNames)[number], string>;
let first: string;
let second: string;

beforeAll(async () => {
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-gateway-'));
  const signal = new AbortController().signal;
  paths = await ensurePrograms(gatewayNames, { confirm: async () => true, log: () => undefined, signal });
  // What an instance holds tells which one has answered: the second holds nothing, and is slow.
  [first, second] = await Promise.all([startService('rest', 1, 0), startService('rest', 0, 150)]);
}, 300_000);

afterAll(async () => {
  await Promise.all(open.map(({ process }) => process.stop()));
  await Promise.all(services.map((service) => service.stop()));
  await rm(directory, { recursive: true, force: true });
});

function targetOf(protocol: GatewayProtocol): Target {
  return { name: protocol, protocol, engine: 'native', via: 'direct', connections: 1, reflection: false } as Target;
}

async function startService(
  protocol: GatewayProtocol,
  readable: number,
  workTimeMs: number,
  cache: CacheSettings | null = null,
): Promise<string> {
  const target = { ...targetOf(protocol), ...(cache !== null && { cache }) };
  const port = await freePort();
  const name = `${protocol}-${services.length}`;
  const service = await startReferenceService(
    entries[protocol].servicePath,
    {
      ...{ protocol, target, port, broker: null, names: {}, rejectRatio: 0, seed: 1, workTimeMs },
      evidencePath: join(directory, `${port}.evidence`),
      population: { readable, cancellable: 0 },
    },
    join(directory, `${name}-${port}.log`),
  );
  services.push(service);
  return `127.0.0.1:${port}`;
}

type Wanted = Partial<Omit<GatewayPlan, 'settings'>> & { readonly settings?: Partial<Gateway> };

async function gateway(kind: Gateway['kind'], { settings = {}, ...plan }: Wanted = {}): Promise<RunningGateway> {
  const port = await freePort();
  const running = await startGateway(paths[kind], {
    ...{
      protocol: 'rest',
      cache: null,
      port,
      instances: { service: first, 'service-2': second },
      credentials: null,
      callers: [],
      keysAt: null,
    },
    directory: join(directory, `${kind}-${port}`),
    ...plan,
    settings: { ...plain, kind, ...settings },
  });
  open.push(running);
  return running;
}

async function ask({ address }: RunningGateway, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const answer = await fetch(`http://${address}/v1/orders/${readableOrderId(0)}`, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

function count(statuses: readonly number[], wanted: number): number {
  return statuses.filter((status) => status === wanted).length;
}

describe.each(gatewayNames)('%s', (kind) => {
  it('spreads requests evenly, or to whom has the fewest in hand', async () => {
    const [even, fewest] = await Promise.all([
      gateway(kind),
      gateway(kind, { settings: { balance: 'least-requests' } }),
    ]);
    const statuses = await Promise.all(Array.from({ length: 20 }, () => ask(even)));
    expect([count(statuses, 200), count(statuses, 404)]).toEqual([10, 10]);
    const lanes = await Promise.all(Array.from({ length: 8 }, () => oneByOne(fewest, 10)));
    // In turn each would have 40. The slow one has 150 ms to answer in; Envoy draws both of the two from it a quarter of the time.
    expect(count(lanes.flat(), 200)).toBeGreaterThan(44);
  });

  it('lets a header choose the instance', async () => {
    const routes = [{ header: 'x-wanted', value: 'second', to: 'service-2' }];
    const routed = await gateway(kind, { settings: { routes } });
    const statuses = await Promise.all(Array.from({ length: 6 }, () => ask(routed, { 'x-wanted': 'second' })));
    expect(statuses).toEqual(Array(6).fill(404));
    expect(await Promise.all([ask(routed), ask(routed, { 'x-wanted': 'other' })])).toContain(200);
  });

  it('answers for an instance that is gone, or asks another one where it may', async () => {
    const instances = { service: first, 'service-2': `127.0.0.1:${await freePort()}` };
    const [once, again] = await Promise.all([
      gateway(kind, { instances }),
      gateway(kind, { instances, settings: { retries: 1 } }),
    ]);
    const statuses = await oneByOne(once, 10);
    expect(count(statuses, 200)).toBe(5);
    expect(statuses.filter((status) => status === 502 || status === 503)).toHaveLength(5);
    expect(await oneByOne(again, 10)).toEqual(Array(10).fill(200));
  });

  it.each(authsOfGateway[kind].filter((auth) => auth !== 'none'))('lets in by %s who may, alone', async (auth) => {
    const holdings: Record<string, CallerHolding> = {
      ...{ paying: 'valid', anonymous: 'none', foreign: 'foreign', late: 'expired', hasty: 'early', forger: 'forged' },
    };
    const issued = await issueCredentials(auth, holdings);
    const instances = { service: first };
    const guarded = await gateway(kind, { instances, settings: { auth }, credentials: issued.gateway });
    const statuses: Record<string, number> = {};
    for (const [caller, headers] of Object.entries(issued.headers)) statuses[caller] = await ask(guarded, headers);
    expect(statuses).toEqual({ paying: 200, anonymous: 401, foreign: 403, late: 401, hasty: 401, forger: 401 });
  });

  it.each(authsOfGateway[kind].filter((auth) => auth !== 'none'))(
    'lets nobody in by %s where nobody may',
    async (auth) => {
      const issued = await issueCredentials(auth, { anonymous: 'none', late: 'expired' });
      const instances = { service: first };
      const guarded = await gateway(kind, { instances, settings: { auth }, credentials: issued.gateway });
      expect([await ask(guarded, issued.headers.anonymous), await ask(guarded, issued.headers.late)]).toEqual([
        401, 401,
      ]);
    },
  );

  it('answers, when all instances are gone, that nobody is there', async () => {
    const instances = { service: `127.0.0.1:${await freePort()}`, 'service-2': `127.0.0.1:${await freePort()}` };
    const alone = await gateway(kind, { instances, settings: { retries: 1 } });
    const statuses = await oneByOne(alone, 3);
    expect(statuses.every((status) => status === 502 || status === 503)).toBe(true);
  });

  it('limits the rate of all, or of each caller', async () => {
    const instances = { service: first };
    const limit = { ratePerS: 20, burst: 20 };
    const callers = ['a', 'b'];
    const [all, each] = await Promise.all([
      gateway(kind, { instances, callers, settings: { rateLimit: { ...limit, by: 'all' } } }),
      gateway(kind, { instances, callers, settings: { rateLimit: { ...limit, by: 'caller' } } }),
    ]);
    const statuses = await Promise.all(Array.from({ length: 120 }, () => ask(all)));
    expect(count(statuses, 200)).toBeGreaterThanOrEqual(20);
    expect(count(statuses, 429)).toBeGreaterThanOrEqual(40);
    const ofA = await Promise.all(Array.from({ length: 120 }, () => ask(each, { 'x-caller': 'a' })));
    expect(count(ofA, 429)).toBeGreaterThanOrEqual(40);
    expect(await ask(each, { 'x-caller': 'b' })).toBe(200);
  });

  it.each(['grpc', 'websocket'] as const)('carries %s, and comes back after its end', async (protocol) => {
    const before = await gateway(kind, { protocol, instances: { service: await startService(protocol, 1, 0) } });
    await expectOk(protocol, before.address);
    await before.process.kill();
    await before.restart();
    await expectOk(protocol, before.address);
  });

  it('says in its own words, and with its line, why it does not start', async () => {
    await expect(gateway(kind, { instances: { service: 'no address' } })).rejects.toMatchObject({
      code: 'gatewayRefused',
      message: expect.stringMatching(kind === 'envoy' ? /no address/ : /\.(conf|cfg):\d+/),
    });
    const port = Number(first.split(':')[1]);
    await expect(gateway(kind, { port })).rejects.toMatchObject({ code: 'portTaken' });
  });
});

describe.each(gatewayNames.filter((kind) => authsOfGateway[kind].includes('jwt')))('tokens at %s', (kind) => {
  it('may be of a clock that is a little ahead, and of none that is far', async () => {
    const instances = { service: first };
    for (const [clockAheadS, status] of [
      [tokenLeewayS - 2, 200],
      [tokenLeewayS + 60, 401],
    ] as const) {
      const issued = await issueCredentials('jwt', { paying: 'valid' }, { clockAheadS });
      const guarded = await gateway(kind, { instances, settings: { auth: 'jwt' }, credentials: issued.gateway });
      expect(await ask(guarded, issued.headers.paying)).toBe(status);
    }
  });
});

describe.each(keysByUrl)('keys by URL at %s', (kind) => {
  it('are asked for, and nobody is let in while they cannot be had', async () => {
    const issued = await issueCredentials('jwt', { paying: 'valid' });
    const server = await startKeyServer(issued.gateway.jwks);
    const guarded = (keysAt: string) => {
      const given = { instances: { service: first }, credentials: issued.gateway, keysAt };
      return gateway(kind, { ...given, settings: { auth: 'jwt', keys: 'url' } });
    };
    const [known, silent] = await Promise.all([guarded(server.address), guarded(`127.0.0.1:${await freePort()}`)]);
    expect(await ask(known, issued.headers.paying)).toBe(200);
    expect(await ask(silent, issued.headers.paying)).toBe(401);
    await server.close();
  });
});

describe.each(layerFourGateways)('%s of layer 4', (kind) => {
  it('sends all that is on a connection to one instance', async () => {
    const carrying = await gateway(kind, { settings: { layer: 4 } });
    const agent = new Agent({ connections: 1, pipelining: 1 });
    const url = `http://${carrying.address}/v1/orders/${readableOrderId(0)}`;
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++) {
      const { statusCode, body } = await request(url, { dispatcher: agent });
      await body.dump();
      statuses.push(statusCode);
    }
    await agent.close();
    expect(new Set(statuses).size).toBe(1);
  });
});

/** What it did, as it says itself, and the version that it showed. */
async function read({ address }: RunningGateway): Promise<readonly [did: string | null, version: string | null]> {
  const { headers } = await fetch(`http://${address}/v1/orders/${readableOrderId(0)}`);
  return [headers.get('cache-status')?.replace(/^\w+; /, '') ?? null, headers.get('etag')];
}

describe.each([
  // What is changed through HAProxy it forgets, as RFC 9111 asks for; nginx goes on showing what it has.
  ['haproxy', 'max-age', ['hit', 'hit', 'fwd=uri-miss'], '"2"'],
  ['nginx', 'max-age', ['hit', 'hit', 'hit'], '"1"'],
  ['nginx', 'etag', ['fwd=stale; fwd-status=304', 'fwd=stale; fwd-status=304', 'fwd=stale'], '"2"'],
] as const)('the cache of %s by %s', (kind, cached, [second, third, changed], version) => {
  it('shows what it may, and asks about what it may not', async () => {
    const bounds = { clients: 1, maxEntries: 1, maxBytes: 1 };
    const cache: CacheSettings = { kind: cached, at: 'gateway', maxAgeSeconds: cached === 'etag' ? 0 : 60, ...bounds };
    const service = await startService('rest', 1, 0, cache);
    const running = await gateway(kind, { cache, instances: { service } });
    expect(await read(running)).toEqual(['fwd=uri-miss', '"1"']);
    expect(await read(running)).toEqual([second, '"1"']);
    expect(await read(running)).toEqual([third, '"1"']);
    const { status } = await fetch(`http://${running.address}/v1/orders/${readableOrderId(0)}`, {
      ...{ method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"payload":"new"}' },
    });
    expect(status).toBe(200);
    expect(await read(running)).toEqual([changed, version]);
  });
});

async function oneByOne(running: RunningGateway, requests: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < requests; n++) statuses.push(await ask(running));
  return statuses;
}

async function expectOk(protocol: 'grpc' | 'websocket', address: string): Promise<void> {
  const entry = entries[protocol];
  const operations = { getOrder: { does: 'getOrder', pattern: 'request-reply' } } as const;
  const { requests, settings } = entry.preset(targetOf(protocol), {}, operations);
  const target = { ...targetOf(protocol), ...settings } as Target;
  const request = requests.getOrder;
  if (request === undefined) throw new Error('no request');
  const recorded = await RecordedSession.open({
    ...{ driver: entry.driver, target, address },
    operations: { getOrder: { pattern: 'request-reply', request } },
  });
  const attempt = await recorded.start('getOrder', { key: readableOrderId(0) }).whenEnded;
  await recorded.session.close();
  expect([attempt.reason, attempt.outcome]).toEqual(['', 0]);
}
