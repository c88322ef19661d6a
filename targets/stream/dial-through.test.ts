/** Brokers are dialled by their links, by both libraries; a library still sees the broker's own address. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { Target } from '../../scenarios/scenario.ts';
import { allowDial, dialFreely, firstRefusal } from '../allow-dial.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { loadProtocol } from '../registry.ts';
import { dialThrough } from './dial-through.ts';
import { startAdvertisingBroker } from './fixtures/advertising-broker.ts';

/** Reserved for documentation: nobody has it, and the gate lets nobody go there. */
const elsewhere = '192.0.2.200:9092';
const fixtures = join(import.meta.dirname, '../fixtures');
const certificate = readFileSync(join(fixtures, 'loopback-certificate.pem'), 'utf8');

afterEach(dialFreely);

it.each(['platformatic', 'kafkajs'])('%s produces by the link of a broker that it cannot reach', async (client) => {
  const broker = await startAdvertisingBroker('orders', () => ({ host: '192.0.2.200', port: 9092 }));
  const asked = new Set<string>();
  allowDial([]);
  const { driver } = await loadProtocol({ protocol: 'stream' });
  const target = {
    name: 'own',
    protocol: 'stream',
    address: elsewhere,
    client,
    acks: 'all',
    lingerMs: 0,
    producers: 1,
  };
  const request = { topic: 'orders', value: '{{id}}', headers: {} };
  const session = await RecordedSession.open({
    driver,
    target: { ...target, partitions: 1, consume: false } as unknown as Target,
    address: elsewhere,
    linkOf: async (name) => {
      asked.add(name);
      return broker.address;
    },
    operations: { put: { pattern: 'one-way', request } },
  });
  try {
    session.start('put');
    await expect.poll(() => broker.asked).toContain(0); // a produce request came
    expect([...asked]).toEqual([elsewhere]);
    expect(firstRefusal()).toBeNull();
  } finally {
    await session.close();
    await broker.close();
  }
});

describe('a socket that is led through a link', () => {
  it('checks the certificate against the name of the broker, and waits with what is written', async () => {
    const names: unknown[] = [];
    const server = tls.createServer({ cert: certificate, key: readFileSync(join(fixtures, 'loopback-key.pem')) });
    server.on('secureConnection', (socket) => {
      names.push((socket as tls.TLSSocket & { servername: unknown }).servername);
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const link = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const socket = dialThrough(
      async () => link,
      () => tls.connect(9093, 'localhost', { ca: certificate, servername: 'localhost' }),
    );
    socket.write('hello');
    expect(String((await once(socket, 'data'))[0])).toBe('hello');
    expect(names).toEqual(['localhost']);
    socket.destroy();
    server.close();
  });

  it('fails with the reason where there is no link, and others dial as ever', async () => {
    const noLink = async () => Promise.reject(new Error('nobody leads there'));
    const [error] = await once(
      dialThrough(noLink, () => net.connect(9092, 'kafka-1')),
      'error',
    );
    expect(error).toMatchObject({ message: 'nobody leads there' });
    const usual = net.Socket.prototype.connect;
    dialThrough(noLink, () => undefined);
    expect(net.Socket.prototype.connect).toBe(usual);
  });

  it('that is given up meanwhile is not connected', async () => {
    const link = Promise.withResolvers<string>();
    let connections = 0;
    const server = net.createServer(() => connections++).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = dialThrough(
      () => link.promise,
      () => net.connect(9092, 'kafka-1'),
    );
    socket.destroy();
    link.resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(connections).toBe(0);
    server.close();
  });
});
