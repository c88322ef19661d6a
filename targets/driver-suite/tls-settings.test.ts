/** `tls:` of an own system on every protocol and client, against a TLS server that is not ours. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchError } from '../../result/bench-error.ts';
import type { Protocol } from '../../result/result-types.ts';
import type { Request, Target, TlsSettings } from '../../scenarios/scenario.ts';
import { loadProtocol } from '../registry.ts';
import { RawServer } from './raw-server.ts';
import { RecordedSession } from './recorded-session.ts';

const pem = (name: string) => join(import.meta.dirname, '../fixtures/tls', `${name}.pem`);
const read = (name: string) => ({
  cert: readFileSync(pem(name)),
  key: readFileSync(pem(`${name}-key`)),
  ALPNProtocols: ['h2', 'http/1.1'],
});
const trusting: TlsSettings = { ca: pem('authority'), verify: true };

const rest: Request = { method: 'GET', path: '/', headers: {}, expect: { status: [200] } };
const grpc: Request = { method: 'grpc.testing.TestService/UnaryCall', message: {}, metadata: {} };
const websocket: Request = { message: '{{id}}' };
const queue: Request = { exchange: '', routingKey: 'jobs', headers: {}, body: '' };
const stream: Request = { topic: 'orders', value: 'x', headers: {} };
const proto = join(import.meta.dirname, '../grpc/fixtures/interop.proto');

type Client = readonly [protocol: Protocol, client: string, scheme: string, request: Request];
const clients: readonly Client[] = [
  ['rest', 'own', 'https://', rest],
  ['rest', 'undici', 'https://', rest],
  ['grpc', 'own', 'grpcs://', grpc],
  ['grpc', 'own', '', grpc],
  ['grpc', 'grpc-js', 'grpcs://', grpc],
  ['websocket', 'own', 'wss://', websocket],
  ['websocket', 'ws', 'wss://', websocket],
  ['queue', 'amqplib', 'amqps://', queue],
  ['stream', 'platformatic', '', stream],
  ['stream', 'kafkajs', '', stream],
];

const servers: Record<'localhost' | 'other-host' | 'expired' | 'asking', RawServer | null> = {
  localhost: null,
  'other-host': null,
  expired: null,
  asking: null,
};
/** Of clients that got through the handshake, what they showed. */
const shown: string[] = [];

beforeAll(async () => {
  for (const name of ['localhost', 'other-host', 'expired'] as const) {
    servers[name] = await RawServer.listen((socket) => socket.destroy(), read(name));
  }
  const asking = { ...read('localhost'), ca: readFileSync(pem('authority')), requestCert: true };
  servers.asking = await RawServer.listen((socket) => {
    shown.push((socket as tls.TLSSocket).getPeerCertificate().subject?.CN?.toString() ?? 'nothing');
    socket.destroy();
  }, asking);
});

afterAll(() => Promise.all(Object.values(servers).map((server) => server?.close())));

/** All of these servers leave at once, so `open` always rejects: what matters is what it says. */
async function refusal(
  [protocol, client, scheme, request]: Client,
  server: keyof typeof servers,
  settings: TlsSettings | undefined,
): Promise<BenchError> {
  const { driver } = await loadProtocol({ protocol });
  const port = servers[server]?.port ?? 0;
  const common = { name: 'own', engine: 'native', via: 'direct', connections: 1, producers: 1, partitions: 1 };
  const target = {
    ...common,
    protocol,
    client,
    address: `${scheme}localhost:${port}`,
    proto,
    acks: 'all',
    lingerMs: 0,
  };
  return RecordedSession.open({
    driver,
    target: { ...target, ...(settings !== undefined && { tls: settings }) } as unknown as Target,
    address: `127.0.0.1:${port}`,
    ...(protocol === 'stream' && { address: `localhost:${port}` }),
    operations: { ask: { pattern: 'one-way', request } },
  }).then(
    async (session) => {
      await session.close();
      throw new Error('it opened');
    },
    (error: BenchError) => error,
  );
}

describe.concurrent.each(clients)('%s by %s at %s', (...of) => {
  it('an expired certificate, one of another host and one of an unknown authority are told apart', async () => {
    const verify = true;
    const [expired, other, unknown] = await Promise.all([
      refusal(of, 'expired', trusting),
      refusal(of, 'other-host', trusting),
      refusal(of, 'localhost', { verify }),
    ]);
    expect(expired).toMatchObject({ exitCode: 3, message: expect.stringMatching(/: certificate expired$/) });
    expect(other).toMatchObject({ exitCode: 3, message: expect.stringContaining(': certificate of another host: ') });
    expect(other.message).toContain('DNS:other.test');
    expect(unknown).toMatchObject({ exitCode: 3, message: expect.stringMatching(/of an unknown authority$/) });
    for (const { message } of [expired, other, unknown]) expect(message).toContain('localhost:');
  });

  it('verification may be off, and another name may be asked for', async () => {
    const told = await Promise.all([
      refusal(of, 'expired', { verify: false }),
      refusal(of, 'other-host', { ...trusting, serverName: 'other.test' }),
      refusal(of, 'localhost', trusting),
    ]);
    expect(told.map(({ message }) => message).filter((message) => message.includes('certificate'))).toEqual([]);
  });
});

it.each(clients)('%s by %s at %s shows its certificate to a peer that asks', async (...of) => {
  shown.length = 0;
  const settings = { ...trusting, cert: pem('client'), key: pem('client-key') };
  await refusal(of, 'asking', settings);
  expect(new Set(shown)).toEqual(new Set(['wirebench']));
});
