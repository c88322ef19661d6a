/** The drivers that dial themselves, over TLS, each client of a protocol. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { Server as GrpcServer, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Request, Target } from '../../scenarios/scenario.ts';
import { type Driver, outcomes } from '../driver.ts';
import { grpcEntry } from '../grpc/preset.ts';
import { restEntry } from '../rest/preset.ts';
import { websocketEntry } from '../websocket/preset.ts';
import { RecordedSession } from './recorded-session.ts';

/** What grpc-js would trust by itself, and nobody else does. It looks as it is loaded. */
vi.hoisted(() => vi.stubEnv('GRPC_DEFAULT_SSL_ROOTS_FILE_PATH', '/dev/null'));

const certificate = readFileSync(join(import.meta.dirname, '../fixtures/loopback-certificate.pem'), 'utf8');
const key = readFileSync(join(import.meta.dirname, '../fixtures/loopback-key.pem'), 'utf8');
const answer = Buffer.alloc(100_000, 'x');
const connections = 2;
const proto = join(import.meta.dirname, '../grpc/fixtures/interop.proto');

const rest = {
  protocol: 'rest',
  driver: restEntry.driver,
  scheme: 'https',
  request: { method: 'POST', path: '/', headers: {}, body: '{{payload}}', expect: { status: [200] } },
} as const;
const websocket = {
  protocol: 'websocket',
  driver: websocketEntry.driver,
  scheme: 'wss',
  request: { message: '{"id":"{{id}}","payload":"{{payload}}"}', replyId: '/id' },
} as const;
const grpc = {
  protocol: 'grpc',
  driver: grpcEntry.driver,
  scheme: 'grpcs',
  request: {
    method: 'grpc.testing.TestService/UnaryCall',
    message: { payload: { body: '{{payloadBase64}}' } },
    metadata: {},
  },
} as const;

const clients = {
  rest: { ...rest, client: 'own' },
  undici: { ...rest, client: 'undici' },
  websocket: { ...websocket, client: 'own' },
  ws: { ...websocket, client: 'ws' },
  grpc: { ...grpc, client: 'own' },
  'grpc-js': { ...grpc, client: 'grpc-js' },
} as const satisfies Record<string, { driver: Driver; scheme: string; request: Request; client: string }>;
const names = Object.keys(clients) as (keyof typeof clients)[];

let server: Server;
const grpcServer = new GrpcServer();
let grpcPort: number;
const trusted = tls.getCACertificates('default');

beforeAll(async () => {
  server = createServer({ key, cert: certificate }, (request, response) => {
    request.resume().once('end', () => response.end(answer));
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (peer) => peer.on('message', (data) => peer.send(data.toString())));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  grpcPort = await listen(grpcServer);
});

afterAll(async () => {
  tls.setDefaultCACertificates(trusted);
  vi.unstubAllEnvs();
  grpcServer.forceShutdown();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Answers with what it was sent. */
function listen(echo: GrpcServer): Promise<number> {
  const asItIs = (bytes: Buffer) => bytes;
  echo.register<Buffer, Buffer>(
    '/grpc.testing.TestService/UnaryCall',
    ({ request }: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => reply(null, request),
    asItIs,
    asItIs,
    'unary',
  );
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) };
  return new Promise((resolve, reject) => {
    echo.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(null, [pair]), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

/** The service calls itself `name`; it is dialled at loopback, as through a proxy. */
function open(client: keyof typeof clients, name: string): Promise<RecordedSession> {
  const { driver, scheme, request, protocol, client: library } = clients[client];
  const port = protocol === 'grpc' ? grpcPort : (server.address() as AddressInfo).port;
  const address = `${scheme}://${name}:${port}`;
  return RecordedSession.open({
    driver,
    target: {
      name: 'own',
      protocol,
      engine: 'native',
      via: 'direct',
      connections,
      address,
      client: library,
      proto,
    } as Target,
    address: `127.0.0.1:${port}`,
    operations: { ask: { pattern: 'request-reply', request } },
    payloads: { ask: [Buffer.alloc(50_000, 'p')] },
  });
}

it.each(names)('%s over TLS refuses a certificate that nobody vouches for', async (client) => {
  tls.setDefaultCACertificates(trusted);
  await expect(open(client, 'localhost')).rejects.toMatchObject({
    code: 'cannotConnect',
    exitCode: 3,
    message: expect.stringContaining('certificate of an unknown authority'),
  });
});

it.each(names)('%s over TLS refuses a certificate of somebody else', async (client) => {
  tls.setDefaultCACertificates([certificate]);
  await expect(open(client, 'other.test')).rejects.toMatchObject({ code: 'cannotConnect', exitCode: 3 });
});

it.each(names.flatMap((client) => ['localhost', 'shop.test', '127.0.0.1'].map((name) => [client, name] as const)))(
  '%s over TLS works with a certificate of %s',
  async (client, name) => {
    tls.setDefaultCACertificates([certificate]);
    const recorded = await open(client, name);
    const ends = await Promise.all(Array.from({ length: 40 }, () => recorded.run('ask')));
    expect(ends.map(({ outcome }) => outcome)).toEqual(ends.map(() => outcomes.ok));
    await recorded.close();
    expect(recorded.violations).toEqual([]);
  },
);
