/**
 * The driver against the interoperability server of grpc-go, in clear and over TLS, and beside grpc-js: both must be told
 * the same.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import {
  Client,
  credentials,
  loadPackageDefinition,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../result/bench-error.ts';
import { type Driver, outcomes } from '../driver.ts';
import { type ForeignTls, startGrpcGo } from '../driver-suite/foreign-servers.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import type { SupervisedProcess } from '../process/supervised-process.ts';
import { grpcDriver } from './driver.ts';
import { statusNames } from './grpc-answer.ts';
import { grpcJsDriver } from './grpc-js-driver.ts';
import { ordersProto } from './orders-service.ts';

const proto = join(import.meta.dirname, 'fixtures', 'interop.proto');
const fixtures = join(import.meta.dirname, '..', 'fixtures');
const certificate = join(fixtures, 'loopback-certificate.pem');
const testService = 'grpc.testing.TestService';
type Message = Record<string, unknown>;
interface Asked {
  readonly method: string;
  readonly message: Message;
  readonly messages?: readonly Message[];
  readonly completeAt?: 'first' | 'last';
}

const sessions: RecordedSession[] = [];
afterEach(async () => {
  for (const recorded of sessions.splice(0)) {
    await recorded.close();
    expect(recorded.violations).toEqual([]);
  }
});

async function open(
  address: string,
  requests: Readonly<Record<string, Asked>>,
  target: { readonly address?: string; readonly proto?: string; readonly reflection?: boolean } = {},
  payload = Buffer.alloc(0),
  driver: Driver = grpcDriver,
): Promise<RecordedSession> {
  const recorded = await RecordedSession.open({
    driver,
    address,
    target: {
      ...{ name: 'own', protocol: 'grpc', engine: 'native', via: 'direct', connections: 2, address },
      ...{ reflection: false, ...target },
      ...(target.reflection ? {} : { proto: target.proto ?? proto }),
    },
    operations: Object.fromEntries(
      Object.entries(requests).map(([name, request]) => [
        name,
        { pattern: 'request-reply', request: { ...request, metadata: {} } },
      ]),
    ),
    payloads: Object.fromEntries(Object.keys(requests).map((name) => [name, [payload]])),
    slots: 256,
  });
  sessions.push(recorded);
  return recorded;
}

/** What the driver says of one call, as the name of a status. */
async function driverStatus(address: string, asked: Asked): Promise<string> {
  const recorded = await open(address, { ask: asked });
  const { outcome, reason } = await recorded.run('ask');
  return outcome === outcomes.ok ? 'OK' : reason.replace(/^status /, '');
}

async function grpcJsStatus(address: string, { method, message }: Asked): Promise<string> {
  const [service = '', name = ''] = method.split('/');
  const definition = loadSync(proto, { keepCase: true })[service] as Record<string, MethodDefinition<object, object>>;
  const { path, requestSerialize, responseDeserialize } = definition[name] as MethodDefinition<object, object>;
  const client = new Client(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  const code = await new Promise<number>((resolve) => {
    const ended = (error: ServiceError | null) => resolve(error?.code ?? status.OK);
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, message, new Metadata(), ended);
  });
  client.close();
  return statusNames[code] ?? `status ${code}`;
}

describe('gRPC driver and grpc-go', () => {
  let folder = '';
  let plain = '';
  let secure = '';
  const servers: SupervisedProcess[] = [];
  const originalCertificates = tls.getCACertificates('default');

  beforeAll(async () => {
    folder = await mkdtemp(join(os.tmpdir(), 'wirebench-interop-'));
    const start = async (name: string, secured?: ForeignTls) => {
      const { port, process } = await startGrpcGo(join(folder, `${name}.log`), secured);
      servers.push(process);
      return `127.0.0.1:${port}`;
    };
    plain = await start('plain');
    secure = await start('secure', { cert: certificate, key: join(fixtures, 'loopback-key.pem') });
    tls.setDefaultCACertificates([...originalCertificates, readFileSync(certificate, 'utf8')]);
  }, 300_000);
  afterAll(async () => {
    tls.setDefaultCACertificates(originalCertificates);
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['in clear', () => plain, 'grpc'],
    ['over TLS', () => secure, 'grpcs'],
    ['over TLS, named as https', () => secure, 'https'],
  ])('completes many calls of each kind %s', async (_name, at, scheme) => {
    const unary = { response_size: 2_000, payload: { body: '{{payloadBase64}}' } };
    const recorded = await open(
      at(),
      {
        empty: { method: `${testService}/EmptyCall`, message: {} },
        unary: { method: `${testService}/UnaryCall`, message: unary },
        stream: { method: `${testService}/StreamingInputCall`, message: { payload: { body: '{{payloadBase64}}' } } },
      },
      { address: `${scheme}://${at()}` },
      Buffer.alloc(30_000, 'x'),
    );
    const names = ['empty', 'unary', 'stream'];
    const attempts = await Promise.all(Array.from({ length: 240 }, (_, n) => recorded.run(names[n % 3] as string)));
    expect(new Set(attempts.map(({ reason }) => reason))).toEqual(new Set(['']));
  });

  it('carries 16 MiB both ways', async () => {
    const size = 16 * 1024 * 1024;
    const request = (message: Message): Asked => ({ method: `${testService}/UnaryCall`, message });
    const recorded = await open(plain, {
      down: request({ response_size: size }),
      beyond: request({ response_size: size + 70_000 }),
    });
    const [first, second] = await Promise.all([recorded.run('down'), recorded.run('down')]);
    expect([first.reason, second.reason]).toEqual(['', '']);
    expect((await recorded.run('beyond')).reason).toBe('oversized answer');
  });

  it.each([
    ['ok', { method: `${testService}/UnaryCall`, message: { response_size: 10 } }],
    ['a large answer', { method: `${testService}/UnaryCall`, message: { response_size: 3_000_000 } }],
    [
      'a request beyond the limit',
      { method: `${testService}/UnaryCall`, message: { payload: { body: 'A'.repeat(8_000_000) } } },
    ],
    ['a negative size', { method: `${testService}/UnaryCall`, message: { response_size: -1 } }],
    ['a method that is not implemented', { method: `${testService}/UnimplementedCall`, message: {} }],
    ...statusNames.slice(1).map((name, n): [string, Asked] => [
      name,
      {
        method: `${testService}/UnaryCall`,
        message: { response_status: { code: n + 1, message: 'as you wish: ü\n' } },
      },
    ]),
  ])('is told the same as grpc-js: %s', async (_name, asked) => {
    expect(await driverStatus(plain, asked)).toBe(await grpcJsStatus(plain, asked));
  });

  it('does not open to a certificate that names another', async () => {
    await expect(
      open(secure, { ask: { method: `${testService}/EmptyCall`, message: {} } }, { address: 'grpcs://other.test:1' }),
    ).rejects.toMatchObject({ code: 'cannotConnect', exitCode: exitCodes.stack });
  });

  it('says so when the server has no reflection', async () => {
    const asked = { ask: { method: `${testService}/EmptyCall`, message: {} } };
    await expect(open(plain, asked, { reflection: true })).rejects.toMatchObject({
      code: 'noReflection',
      exitCode: exitCodes.usage,
    });
  });

  const size = { response_parameters: [{ size: 10 }] };
  const kinds: [string, Omit<Asked, 'message'> & Partial<Asked>, { sent: number; received: number }][] = [
    ['one message each way', { method: 'UnaryCall', message: {} }, { sent: 1, received: 1 }],
    [
      'several messages for one answer',
      { method: 'StreamingInputCall', messages: [{ payload: { body: 'aGVsbG8=' } }, {}, {}] },
      { sent: 3, received: 1 },
    ],
    [
      'an answer of several messages',
      { method: 'StreamingOutputCall', message: { response_parameters: [{ size: 1 }, { size: 20_000 }, { size: 0 }] } },
      { sent: 1, received: 3 },
    ],
    ['an answer of no messages', { method: 'StreamingOutputCall' }, { sent: 1, received: 0 }],
    [
      'the first message of an answer that takes an hour',
      {
        method: 'StreamingOutputCall',
        message: { response_parameters: [{ size: 1 }, { size: 1, interval_us: 2_000_000_000 }] },
        completeAt: 'first',
      },
      { sent: 1, received: 1 },
    ],
    ['messages both ways', { method: 'FullDuplexCall', messages: [size, size, size] }, { sent: 3, received: 3 }],
    [
      'messages both ways until the first',
      { method: 'FullDuplexCall', messages: [size], completeAt: 'first' },
      { sent: 1, received: 1 },
    ],
  ];

  describe.each([
    ['own', grpcDriver],
    ['grpc-js', grpcJsDriver],
  ])('with the client %s', (_client, driver) => {
    it.each(kinds)('counts %s', async (_name, { method, message = {}, ...rest }, counts) => {
      const asked = { ask: { method: `${testService}/${method}`, message, ...rest } };
      const recorded = await open(plain, asked, {}, undefined, driver);
      const { outcome, reason } = await recorded.run('ask');
      expect([outcome, reason]).toEqual([outcomes.ok, '']);
      if (counts.sent + counts.received !== 2 || method !== 'UnaryCall')
        expect(recorded.session.messages?.()).toEqual([counts]);
    });

    it('is told the status of a stream', async () => {
      const message = { response_parameters: [{ size: 5 }], response_status: { code: 5, message: 'gone' } };
      const asked = { ask: { method: `${testService}/FullDuplexCall`, message } };
      const { outcome, reason } = await (await open(plain, asked, {}, undefined, driver)).run('ask');
      expect([outcome, reason]).toEqual([outcomes.rejected, 'status NOT_FOUND']);
    });
  });
});

describe('gRPC driver by reflection', () => {
  const server = new Server();
  let address = '';
  const received: Message[] = [];

  beforeAll(async () => {
    const definition = loadSync(ordersProto, { keepCase: true, defaults: true });
    const { wirebench } = loadPackageDefinition(definition) as unknown as {
      wirebench: { orders: { v1: { Orders: { service: Parameters<Server['addService']>[0] } } } };
    };
    server.addService(wirebench.orders.v1.Orders.service, {
      Place: (call: { request: Message }, done: (error: null, order: Message) => void) => {
        received.push(call.request);
        done(null, {});
      },
    });
    new ReflectionService(definition).addToServer(server);
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    address = `127.0.0.1:${port}`;
  });
  afterAll(() => server.forceShutdown());

  it('learns the types from the server', async () => {
    const message = { request_id: '{{id}}', id: '{{id}}', payload: '{{payload}}' };
    const place = { method: 'wirebench.orders.v1.Orders/Place', message };
    const recorded = await open(address, { place }, { reflection: true }, Buffer.from('body'));
    const { reason, id } = await recorded.run('place');
    expect(reason).toBe('');
    expect(received).toEqual([{ request_id: id, id, key: '', payload: 'body' }]);
  });

  it.each([
    ['wirebench.orders.v1.Orders/Plcae', 'There is no method'],
    ['wirebench.orders.v1.Other/Place', 'does not know wirebench.orders.v1.Other'],
  ])('says that %s is not there', async (method, why) => {
    const error = await open(address, { ask: { method, message: {} } }, { reflection: true }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'unknownMethod', exitCode: exitCodes.usage });
    expect(String(error)).toContain(why);
  });
});
