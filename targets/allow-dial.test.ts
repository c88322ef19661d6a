import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BenchError } from '../result/bench-error.ts';
import type { Request, Target } from '../scenarios/scenario.ts';
import { allowDial, dialFreely, firstRefusal, judgedAddress } from './allow-dial.ts';
import { RawServer } from './driver-suite/raw-server.ts';
import { RecordedSession } from './driver-suite/recorded-session.ts';
import { QueueBacklog, readyIn } from './queue/rabbitmq/queue-backlog.ts';
import { loadProtocol } from './registry.ts';
import { connectToxiproxy } from './stack/toxiproxy-client.ts';
import { startAdvertisingBroker } from './stream/fixtures/advertising-broker.ts';
import { GroupLag } from './stream/group-lag.ts';

/** Reserved for documentation: nobody has it. */
const foreign = '192.0.2.200';
const refused: BenchError[] = [];
let server: RawServer;

beforeEach(async () => {
  server = await RawServer.listen(() => undefined);
  allowDial([], (refusal) => refused.push(refusal));
});
afterEach(async () => {
  dialFreely();
  refused.length = 0;
  await server.close();
});

/** In place of the system's. */
function leadingTo(...addresses: readonly string[]): NonNullable<net.TcpNetConnectOpts['lookup']> {
  const found = addresses.map((address) => ({ address, family: net.isIP(address) }));
  return (_host, { all }, callback) => {
    process.nextTick(() => (all ? callback(null, found) : callback(null, found[0]?.address ?? '', found[0]?.family)));
  };
}

async function outcomeOf(socket: net.Socket): Promise<string> {
  const end = Promise.race([once(socket, 'connect').then(() => 'connected'), once(socket, 'close')]);
  const outcome = await end.catch((error: BenchError) => error.message);
  socket.destroy();
  return String(outcome);
}

const dial = (host: string, lookup?: net.TcpNetConnectOpts['lookup'], all = true) =>
  outcomeOf(net.connect({ host, port: server.port, ...(lookup && { lookup }), autoSelectFamily: all }));

describe('the gate', () => {
  it.each(['127.0.0.1', '::ffff:127.0.0.1', 'localhost'])('lets %s through', async (host) => {
    expect(await dial(host)).toBe('connected');
    expect(firstRefusal()).toBeNull();
  });

  it.each([foreign, 'fe80::1%lo', '2001:db8::1', '::ffff:192.0.2.200'])('refuses the address %s', async (host) => {
    expect(await dial(host)).toContain(`${host} is neither loopback nor listed under allowHosts`);
    expect(firstRefusal()).toMatchObject({ code: 'foreignHost', exitCode: 2, hint: expect.stringContaining(host) });
    expect(refused).toHaveLength(1);
  });

  it('is gone through in every way that Node connects', async () => {
    const ways = [
      () => net.connect(server.port, foreign),
      () => net.createConnection({ port: server.port, host: foreign }),
      () => new net.Socket().connect(server.port, foreign, () => undefined),
      () => tls.connect({ port: server.port, host: foreign }),
    ];
    for (const way of ways) expect(await outcomeOf(way())).toContain('neither loopback nor listed');
    await expect(fetch(`http://${foreign}:${server.port}/`)).rejects.toMatchObject({ cause: { code: 'foreignHost' } });
    expect(refused).toHaveLength(5);
    expect(server.connections).toBe(0);
  });

  it.each([true, false])('judges where localhost leads, all of its addresses asked for: %s', async (all) => {
    const said = await dial('localhost', leadingTo(foreign, '2001:db8::1'), all);
    expect(said).toContain(`localhost leads to ${foreign}, 2001:db8::1, which is neither loopback nor listed`);
    expect(await dial('localhost', leadingTo(foreign, '127.0.0.1'), all)).toBe('connected');
    expect(await dial('host.example', leadingTo('127.0.0.1'), all)).toBe('connected');
  });

  it('lets a listed name lead anywhere, and any name to a listed address', async () => {
    allowDial(['Orders.Example', '[0:0:0:0:0:0:0:2]', foreign]);
    const hosts: [string, string][] = [
      ['orders.example.', '2001:db8::1'],
      ['other.example', '::2'],
      ['other.example', foreign],
    ];
    for (const [host, address] of hosts) {
      const socket = net.connect({ host, port: 9, lookup: leadingTo(address) });
      socket.on('error', () => undefined); // nobody is there
      await once(socket, 'connectionAttempt');
      socket.destroy();
    }
    expect(firstRefusal()).toBeNull();
  });

  it('judges an address for programs that dial by themselves', async () => {
    await expect(judgedAddress(`${foreign}:80`)).rejects.toMatchObject({ code: 'foreignHost' });
    await expect(judgedAddress(`localhost:${server.port}`)).resolves.toBe(server.address);
    allowDial(['orders.example']);
    await expect(judgedAddress('orders.example:80')).resolves.toBe('orders.example:80');
  });
});

const rest = { method: 'GET', path: '/', headers: {}, expect: { status: [200] } };
const websocket = { message: '{{id}}' };
const grpc = { method: 'grpc.reflection.v1.ServerReflection/ServerReflectionInfo', message: {}, metadata: {} };
const queue = { exchange: '', routingKey: 'orders', body: 'x', headers: {} };
const stream = { topic: 'orders', value: 'x', headers: {} };
const stays = { engine: 'native', via: 'direct', connections: 1 } as const;
const brokered = { ...stays, consume: false, partitions: 1, producers: 1, lingerMs: 0, acks: 'all', prefetch: 1 };

/** Each client of each protocol: its target and what it sends. */
const clients = {
  rest: [{ ...stays, protocol: 'rest', client: 'own' }, rest],
  undici: [{ ...stays, protocol: 'rest', client: 'undici' }, rest],
  grpc: [{ ...stays, protocol: 'grpc', client: 'own', reflection: true }, grpc],
  'grpc-js': [{ ...stays, protocol: 'grpc', client: 'grpc-js', reflection: true }, grpc],
  websocket: [{ ...stays, protocol: 'websocket', client: 'own' }, websocket],
  ws: [{ ...stays, protocol: 'websocket', client: 'ws' }, websocket],
  amqplib: [{ ...brokered, protocol: 'queue', broker: 'rabbitmq', durable: true, confirms: true }, queue],
  platformatic: [{ ...brokered, protocol: 'stream', broker: 'kafka', client: 'platformatic' }, stream],
  kafkajs: [{ ...brokered, protocol: 'stream', broker: 'kafka', client: 'kafkajs' }, stream],
} as const;
const schemes = { rest: 'http://', grpc: '', websocket: 'ws://', queue: 'amqp://', stream: '' } as const;

async function open(name: keyof typeof clients, address: string): Promise<void> {
  const [settings, request] = clients[name];
  const { protocol } = settings;
  const { driver } = await loadProtocol({ protocol });
  const target = { ...settings, name, address: `${schemes[protocol]}${address}` } as unknown as Target;
  const operations = { ping: { pattern: 'one-way', request: request as Request } } as const;
  const session = await RecordedSession.open({ driver, target, address, operations });
  await session.close();
}

describe.each(Object.keys(clients) as (keyof typeof clients)[])('%s', (name) => {
  it('does not go to a host that is not allowed', async () => {
    await expect(open(name, `${foreign}:9`)).rejects.toThrow();
    expect(firstRefusal()?.message).toContain(foreign);
  });
});

it.each(['platformatic', 'kafkajs'] as const)(
  '%s does not follow a broker that advertises a host elsewhere',
  async (name) => {
    const broker = await startAdvertisingBroker('orders', () => ({ host: foreign, port: 9092 }));
    try {
      await expect(open(name, broker.address)).rejects.toThrow();
      expect(firstRefusal()?.message).toContain(foreign);
      expect(broker.asked).toContain(3); // it did look up where the leaders are
      expect(broker.asked).not.toContain(0); // and produced nothing
    } finally {
      await broker.close();
    }
  },
);

it.each([
  ['the control of Toxiproxy', () => connectToxiproxy(`http://${foreign}:8474`).version()],
  ['the backlog of a queue', () => new QueueBacklog(`${foreign}:9`, readyIn('orders')).read()],
  ['the lag of a group', () => new GroupLag(`${foreign}:9`, ['orders']).read()],
])('%s does not go there either', async (_name, ask) => {
  await ask().catch(() => undefined);
  expect(firstRefusal()?.message).toContain(foreign);
});
