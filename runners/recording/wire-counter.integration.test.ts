/** Bytes as we count them at our sockets, beside those that Toxiproxy counted; some of them compressed, some within TLS. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Request, Target } from '../../scenarios/scenario.ts';
import { outcomes } from '../../targets/driver.ts';
import { RecordedSession } from '../../targets/driver-suite/recorded-session.ts';
import { freePort } from '../../targets/process/free-port.ts';
import { startReferenceService } from '../../targets/process/reference-service.ts';
import { loadProtocol } from '../../targets/registry.ts';
import { certifyTarget } from '../../targets/security/secure-target.ts';
import { type SharedTestStack, sharedTestStack } from '../../targets/stack/shared-test-stack.ts';
import { type WireBytes, WireCounter } from './wire-counter.ts';

const common = { name: 'counted', engine: 'native', via: 'toxiproxy' } as const;
const queue = { broker: 'rabbitmq', durable: true, confirms: true, prefetch: 100, consume: false } as const;
const targets: readonly Target[] = [
  { ...common, protocol: 'rest', connections: 3 },
  { ...common, protocol: 'rest', connections: 3, compression: { codec: 'br' } },
  { ...common, protocol: 'rest', connections: 2, client: 'undici', compression: { codec: 'gzip' } },
  { ...common, protocol: 'grpc', connections: 2, reflection: false, compression: { codec: 'gzip' } },
  { ...common, protocol: 'websocket', connections: 2, compression: { codec: 'deflate' } },
  { ...common, ...queue, protocol: 'queue', compression: { codec: 'zstd' } },
  { ...common, protocol: 'rest', connections: 2, tlsMode: 'mutual' },
  { ...common, protocol: 'rest', connections: 2, client: 'undici', tlsMode: 'server' },
  { ...common, protocol: 'grpc', connections: 2, client: 'grpc-js', reflection: false, tlsMode: 'server' },
  { ...common, protocol: 'websocket', connections: 2, client: 'ws', tlsMode: 'server' },
];
const orders = 60;
/** Bytes on their way when we close: pings and the like, two of them a connection, and where TLS ends it says so. */
const mostUnderWay = 256;
const body = Buffer.from('wirebench-filler'.repeat(100));
let directory: string;
let stack: SharedTestStack;

beforeAll(async () => {
  stack = await sharedTestStack({ toxiproxy: true, rabbitmq: true });
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-wire-'));
}, 120_000);
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await stack.down();
});

const cases = targets.map((target): [string, Target] => [
  `${target.protocol} ${'client' in target ? target.client : 'own'} ${('compression' in target && target.compression?.codec) || 'none'} ${target.tlsMode ?? 'in clear'}`,
  target,
]);

it.each(cases)('%s: the bytes are those that the proxy passed on', async (_, wanted) => {
  const entry = await loadProtocol(wanted);
  const trialTag = `w${process.pid.toString(36)}n${targets.indexOf(wanted)}`;
  const { target, tls } = await certifyTarget(wanted, join(directory, `${trialTag}.certificates`));
  const names = entry.resourceNames(trialTag);
  const port = await freePort();
  const broker = target.protocol === 'queue' ? stack.broker('rabbitmq').directAddress : null;
  const link = await stack.openLink('client', broker ?? `127.0.0.1:${port}`);
  const service = await startReferenceService(
    entry.servicePath,
    {
      ...{ protocol: target.protocol, target, port, broker, names, workTimeMs: 0, rejectRatio: 0, seed: 1 },
      evidencePath: join(directory, trialTag),
      population: { readable: 1, cancellable: 1 },
      security: { tls, check: null },
    },
    join(directory, `${trialTag}.log`),
  );
  const { requests, settings } = entry.preset(target, names, { placeOrder: { pattern: 'request-reply' } });
  const request = requests.placeOrder as Request;
  const counter = new WireCounter();
  try {
    const session = await RecordedSession.open({
      driver: entry.driver,
      address: link.address,
      trialTag,
      target: { ...target, ...settings, requests: { placeOrder: request } } as Target,
      operations: { placeOrder: { pattern: 'request-reply', request } },
      payloads: { placeOrder: [body] },
    });
    const attempts = await Promise.all(Array.from({ length: orders }, () => session.run('placeOrder')));
    expect(attempts.filter(({ outcome }) => outcome !== outcomes.ok)).toEqual([]);
    await session.close();
  } finally {
    await service.stop();
  }
  const counted = counter.total();
  counter.close();
  const proxied = await passedOn(link.proxy, counted);
  expect(Math.abs(proxied.up - counted.up), `${proxied.up} of ${counted.up}`).toBeLessThanOrEqual(mostUnderWay);
  expect(Math.abs(proxied.down - counted.down), `${proxied.down} of ${counted.down}`).toBeLessThanOrEqual(mostUnderWay);
  const plainBytes = orders * body.length;
  if (!('compression' in target)) expect(counted.up).toBeGreaterThan(plainBytes);
  else expect(counted.up).toBeLessThan(plainBytes / 2);
  await stack.closeLink(link);
});

/** What the proxy counted, once that is about as much as expected: it counts a connection when that has closed. */
async function passedOn(proxy: string, expected: WireBytes): Promise<WireBytes> {
  const read = async () => {
    const text = await (await fetch(`${stack.toxiproxy.apiUrl}/metrics`)).text();
    const sum = (metric: string, direction: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith(metric) && line.includes(`direction="${direction}"`))
        .filter((line) => line.includes(`proxy="${proxy}"`))
        .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
    return {
      up: sum('toxiproxy_proxy_received_bytes_total', 'upstream'),
      down: sum('toxiproxy_proxy_sent_bytes_total', 'downstream'),
    };
  };
  let found = await read();
  for (let n = 0; n < 50 && (found.up < expected.up - mostUnderWay || found.down < expected.down - mostUnderWay); n++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    found = await read();
  }
  return found;
}
