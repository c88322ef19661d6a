/** Proxies, toxics and links through the real Toxiproxy, before real brokers and sockets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKafkaProbe, openRabbitmqProbe } from '../driver-suite/round-trip.ts';
import { descendantsOf } from '../process/descendants.ts';
import { ownerTag } from '../process/process-identity.ts';
import type { ExternalBroker } from './broker-part.ts';
import { type ExternalAddresses, startExternalStack } from './external-stack.ts';
import { removeAbandonedProxies } from './proxy-links.ts';
import { type SharedTestStack, sharedTestStack } from './shared-test-stack.ts';
import { connectToxiproxy, type ToxicSpec } from './toxiproxy-client.ts';

const latencyMs = 100;
const latency: ToxicSpec = {
  name: 'slow',
  type: 'latency',
  stream: 'downstream',
  attributes: { latency: latencyMs, jitter: 0 },
};

let stack: SharedTestStack;
let server: Server;
let upstream = '';

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true, kafka: true });
  server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  upstream = `127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
});
afterAll(async () => {
  await stack?.down();
  server?.close();
});

async function dial(address: string): Promise<Socket> {
  const [host = '', port] = address.split(':');
  const socket = connect(Number(port), host);
  socket.setNoDelay(true);
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}

/** Milliseconds until an echo is back; null when the connection ended first. */
async function echo(socket: Socket): Promise<number | null> {
  const begun = performance.now();
  socket.write('ping');
  const answered = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  return answered.length === 1 && Buffer.isBuffer(answered[0]) ? performance.now() - begun : null;
}

/** Of several: a busy machine delays some, a toxic all. */
async function quickestEcho(socket: Socket): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < 10; n++) times.push((await echo(socket)) ?? Number.POSITIVE_INFINITY);
  return Math.min(...times);
}

const isListed = async (proxy: string) => (await stack.toxiproxy.listProxies()).some(({ name }) => name === proxy);

describe('a link', () => {
  it('leads to its upstream while it is open, and nowhere afterwards', async () => {
    const link = await stack.openLink('client', upstream);
    expect(link).toMatchObject({ name: 'client', upstream });
    expect(link.address).toMatch(/^127\.0\.0\.1:\d+$/);
    const socket = await dial(link.address);
    expect(await echo(socket)).not.toBeNull();
    await stack.closeLink(link);
    await expect(dial(link.address)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await isListed(link.proxy)).toBe(false);
    await stack.closeLink(link); // closing it again is no error
  });

  it('has a port and a name of its own, also beside others', async () => {
    const links = await Promise.all(Array.from({ length: 5 }, () => stack.openLink('client', upstream)));
    expect(new Set(links.map(({ address }) => address)).size).toBe(5);
    expect(new Set(links.map(({ proxy }) => proxy)).size).toBe(5);
    for (const link of links) await stack.closeLink(link);
  });
});

describe('connectToxiproxy', () => {
  it('slows an open connection by a toxic and frees it again', async () => {
    const link = await stack.openLink('client', upstream);
    const socket = await dial(link.address);
    expect(await quickestEcho(socket)).toBeLessThan(latencyMs / 2);
    await stack.toxiproxy.addToxic(link.proxy, latency);
    expect(await stack.toxiproxy.listToxics(link.proxy)).toEqual(['slow']);
    expect(await echo(socket)).toBeGreaterThanOrEqual(latencyMs * 0.9);
    await stack.toxiproxy.removeToxic(link.proxy, 'slow');
    expect(await stack.toxiproxy.listToxics(link.proxy)).toEqual([]);
    expect(await quickestEcho(socket)).toBeLessThan(latencyMs / 2);
    socket.destroy();
  });

  it('cuts and refuses connections while a proxy is disabled', async () => {
    const link = await stack.openLink('client', upstream);
    const socket = await dial(link.address);
    expect(await echo(socket)).not.toBeNull();
    const closed = once(socket, 'close');
    await stack.toxiproxy.setEnabled(link.proxy, false);
    await closed;
    await expect(dial(link.address)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await stack.toxiproxy.setEnabled(link.proxy, true);
    const again = await dial(link.address);
    expect(await echo(again)).not.toBeNull();
    again.destroy();
  });

  it('takes the removal of what is gone for done, but not an addition to it', async () => {
    const { toxiproxy } = stack;
    await toxiproxy.removeProxy('never-was');
    await toxiproxy.removeToxic('never-was', 'slow');
    const link = await stack.openLink('client', upstream);
    await toxiproxy.removeToxic(link.proxy, 'never-was');
    await expect(toxiproxy.addToxic('never-was', latency)).rejects.toMatchObject({ code: 'toxiproxy', exitCode: 3 });
    await expect(toxiproxy.setEnabled('never-was', true)).rejects.toMatchObject({ code: 'toxiproxy' });
  });

  it('rejects within its deadline when Toxiproxy is silent, and at once when it is gone', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
    const begun = performance.now();
    await expect(connectToxiproxy(url, 500).version()).rejects.toThrow(/no answer within 0.5 s/);
    expect(performance.now() - begun).toBeLessThan(5_000);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
    await expect(connectToxiproxy(url).reset()).rejects.toMatchObject({ code: 'toxiproxy', exitCode: 3 });
  });

  it('knows the version', async () => {
    expect(await stack.toxiproxy.version()).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('the brokers’ links', () => {
  it.each(['client', 'service'] as const)(
    'hold what Kafka’s clients do: the %s link’s latency shows in every send',
    async (side) => {
      const { links, directAddress } = stack.broker('kafka');
      const link = links[side];
      if (link === undefined) throw new Error('no link');
      const [proxied, direct] = [await openKafkaProbe(link.address), await openKafkaProbe(directAddress)];
      try {
        expect(proxied.brokerAddresses).toEqual([link.address]); // what the broker tells them to dial
        expect(direct.brokerAddresses).toEqual([directAddress]);
        expect(await proxied.measure(5)).toBeLessThan(latencyMs * 0.9);
        await stack.toxiproxy.addToxic(link.proxy, latency);
        expect(await proxied.measure(5)).toBeGreaterThanOrEqual(latencyMs * 0.9);
        expect(await direct.measure(5)).toBeLessThan(latencyMs * 0.9);
      } finally {
        await stack.toxiproxy.removeToxic(link.proxy, latency.name);
        await proxied.close();
        await direct.close();
      }
    },
  );

  it('hold what RabbitMQ’s clients do, one side without the other', async () => {
    const { client, service } = stack.broker('rabbitmq').links;
    if (client === undefined || service === undefined) throw new Error('no links');
    const [slowed, other] = [await openRabbitmqProbe(client.address), await openRabbitmqProbe(service.address)];
    try {
      await stack.toxiproxy.addToxic(client.proxy, latency);
      expect(await slowed.measure(5)).toBeGreaterThanOrEqual(latencyMs * 0.9);
      expect(await other.measure(5)).toBeLessThan(latencyMs * 0.9);
    } finally {
      await stack.toxiproxy.removeToxic(client.proxy, latency.name);
      await slowed.close();
      await other.close();
    }
  });
});

describe('an external stack', () => {
  const everything = { toxiproxy: true, brokers: { rabbitmq: 1, kafka: 1 } };
  const options = { confirm: async () => false, log: () => undefined, signal: new AbortController().signal };
  const addresses = () => {
    const { client, service } = stack.broker('kafka').links;
    if (client === undefined || service === undefined) throw new Error('no links');
    return {
      toxiproxy: stack.toxiproxy.apiUrl,
      brokers: {
        rabbitmq: { address: stack.broker('rabbitmq').directAddress },
        kafka: {
          address: stack.broker('kafka').directAddress,
          links: {
            client: [{ listen: client.address, upstream: client.upstream }],
            service: [{ listen: service.address, upstream: service.upstream }],
          },
        },
      },
    } satisfies ExternalAddresses;
  };

  it('uses the parts that are given, starts none, and takes away what it put there', async () => {
    const before = await stack.toxiproxy.listProxies();
    const children = descendantsOf(process.pid);
    const kafkaProxy = stack.broker('kafka').links.client?.proxy ?? '';
    await stack.toxiproxy.addToxic(kafkaProxy, latency); // left by somebody
    const external = await startExternalStack(everything, addresses(), options);
    try {
      expect(external.mode).toBe('external');
      expect(external.processes).toEqual({});
      expect(descendantsOf(process.pid)).toEqual(children);
      expect(external.versions).toMatchObject({
        rabbitmq: stack.versions.rabbitmq,
        toxiproxy: stack.versions.toxiproxy,
      });
      const kafka = await openKafkaProbe(external.brokers.kafka?.links.client?.address ?? '');
      expect(await kafka.measure(5)).toBeLessThan(latencyMs * 0.9);
      await kafka.close();
      const rabbitmq = await openRabbitmqProbe(external.brokers.rabbitmq?.links.client?.address ?? '');
      await rabbitmq.measure(1);
      await rabbitmq.close();
      await external.toxiproxy?.addToxic(kafkaProxy, latency); // forgotten by us
    } finally {
      await external.down();
    }
    const names = (listed: typeof before) => listed.map(({ name }) => name).sort();
    const after = await stack.toxiproxy.listProxies();
    expect(names(after)).toEqual(names(before));
    expect(after.flatMap(({ toxics }) => toxics)).toEqual([]);
  });

  it('refuses Kafka links that another run uses, until that is down', async () => {
    const first = await startExternalStack(everything, addresses(), options);
    await expect(startExternalStack(everything, addresses(), options)).rejects.toMatchObject({
      code: 'linkBusy',
      exitCode: 3,
    });
    await first.down();
    const next = await startExternalStack(everything, addresses(), options);
    await next.down();
  });

  it('leaves no proxy behind when it cannot be had', async () => {
    const before = (await stack.toxiproxy.listProxies()).length;
    const { toxiproxy, brokers } = addresses();
    const { links, ...rest } = brokers.kafka;
    const having = (kafka: ExternalBroker) => ({ toxiproxy, brokers: { ...brokers, kafka } });
    await expect(startExternalStack(everything, having(rest), options)).rejects.toMatchObject({
      code: 'kafkaLinks',
      exitCode: 3,
    });
    const elsewhere = links.client.map((at) => ({ ...at, upstream }));
    const wrong = having({ ...rest, links: { ...links, client: elsewhere } });
    await expect(startExternalStack(everything, wrong, options)).rejects.toMatchObject({ code: 'linkElsewhere' });
    expect((await stack.toxiproxy.listProxies()).length).toBe(before);
  });

  it('names what does not answer, or was not given', async () => {
    const needs = { toxiproxy: true, brokers: { rabbitmq: 1 } };
    await expect(startExternalStack(needs, {}, options)).rejects.toThrow(
      /RabbitMQ is needed, but no address was given/,
    );
    const closed = { brokers: { rabbitmq: { address: '127.0.0.1:1' } } };
    await expect(startExternalStack(needs, closed, options)).rejects.toThrow(
      /RabbitMQ.*127\.0\.0\.1:1 does not answer/,
    );
  });

  it('sends nothing to a host outside loopback that is not allowed', async () => {
    const { toxiproxy, brokers } = addresses();
    const several = { ...brokers.kafka, address: `${brokers.kafka.address},192.0.2.1:9092` };
    for (const foreign of [{ rabbitmq: { address: '192.0.2.1:5672' } }, { kafka: several }]) {
      const given = { toxiproxy, brokers: { ...brokers, ...foreign } };
      await expect(startExternalStack(everything, given, options)).rejects.toMatchObject({
        code: 'foreignHost',
        exitCode: 2,
      });
    }
  });

  it('removes the proxies of runs that were killed, and no others', async () => {
    const dead = spawn('true');
    await once(dead, 'exit');
    const [space] = ownerTag().split('-');
    const [abandoned, foreign] = [
      `wirebench-${space}-${dead.pid}-12345-0-client`,
      `wirebench-00000000-${dead.pid}-1-0-client`,
    ];
    const own = await stack.openLink('client', upstream);
    for (const name of [abandoned, foreign]) await stack.toxiproxy.createProxy(name, '127.0.0.1:0', upstream);
    try {
      expect(await removeAbandonedProxies(stack.toxiproxy)).toEqual([abandoned]);
      expect([await isListed(abandoned), await isListed(foreign), await isListed(own.proxy)]).toEqual([
        false,
        true,
        true,
      ]);
    } finally {
      await stack.toxiproxy.removeProxy(foreign);
    }
  });
});
