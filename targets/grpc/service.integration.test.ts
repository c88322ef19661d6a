/** The gRPC reference service seen by clients that are not ours: grpc-js, and raw bytes. */
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrpcTarget } from '../../scenarios/scenario.ts';
import { serviceRuntimes } from '../../scenarios/service-runtime.ts';
import { EvidenceReader, evidenceKinds } from '../domain/evidence.ts';
import { formatOperationId } from '../domain/operation-id.ts';
import { readableOrderId } from '../domain/service-options.ts';
import { needsGoService } from '../driver-suite/describe-go-contract.ts';
import { freePort } from '../process/free-port.ts';
import { type RunningService, startReferenceService } from '../process/reference-service.ts';
import { moduleOf } from '../topology/topology.ts';
import { ordersProto } from './orders-service.ts';
import { grpcEntry } from './preset.ts';

type Methods = Record<string, MethodDefinition<object, object>>;
const methods = loadSync(ordersProto, { keepCase: true, defaults: true })['wirebench.orders.v1.Orders'] as Methods;

let directory: string;
let service: RunningService;
let port: number;
let client: Client;

needsGoService();

interface Answer {
  readonly code: number;
  readonly message: unknown;
}

function definition(name: string): MethodDefinition<object, object> {
  const found = methods[name];
  if (found === undefined) throw new Error(`${name} is not in the .proto`);
  return found;
}

/** `bytes` in place of a message: as they are. */
function call(name: string, message: object | Buffer): Promise<Answer> {
  const { path, requestSerialize, responseDeserialize } = definition(name);
  const serialize = (value: object) => (Buffer.isBuffer(value) ? value : requestSerialize(value));
  return new Promise((resolve) =>
    client.makeUnaryRequest(path, serialize, responseDeserialize, message, new Metadata(), (error, answer) =>
      resolve({ code: (error as ServiceError | null)?.code ?? status.OK, message: answer }),
    ),
  );
}

function handOver(messages: readonly object[]): Promise<Answer> {
  const { path, requestSerialize, responseDeserialize } = definition('HandOver');
  return new Promise((resolve) => {
    const stream = client.makeClientStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      new Metadata(),
      (error, answer) => resolve({ code: error?.code ?? status.OK, message: answer }),
    );
    for (const message of messages) stream.write(message);
    stream.end();
  });
}

describe.each(serviceRuntimes)('gRPC service in %s', (runtime) => {
  beforeAll(async () => {
    directory = await mkdtemp(join(os.tmpdir(), 'wirebench-grpc-'));
    port = await freePort();
    const alike = { name: 'grpc', protocol: 'grpc', engine: 'native', via: 'direct', connections: 1 } as const;
    const target: GrpcTarget = { ...alike, reflection: false, service: { runtime } };
    service = await startReferenceService(
      moduleOf(grpcEntry, target),
      {
        ...{ protocol: 'grpc', port, broker: null, names: {}, workTimeMs: 0, rejectRatio: 0, seed: 1 },
        target,
        evidencePath: join(directory, 'evidence'),
        population: { readable: 3, cancellable: 0 },
      },
      join(directory, 'service.log'),
    );
    client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  });

  afterAll(async () => {
    client.close();
    await service.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('places, gets, updates, cancels and lists', async () => {
    const order = { id: 'a-1', key: 'k', payload: 'p', status: 'placed', version: 1 };
    expect(await call('Place', { id: 'a-1', key: 'k', payload: 'p' })).toEqual({ code: status.OK, message: order });
    expect((await call('Get', { id: 'a-1' })).message).toEqual(order);
    expect((await call('Update', { id: 'a-1', payload: 'q' })).message).toEqual({ ...order, payload: 'q', version: 2 });
    const cancelled = { ...order, payload: 'q', version: 3, status: 'cancelled' };
    expect((await call('Cancel', { id: 'a-1' })).message).toEqual(cancelled);
    const { orders } = (await call('List', {})).message as { orders: object[] };
    expect(orders).toContainEqual(cancelled);
  });

  it('refuses with the status that fits', async () => {
    expect((await call('Get', { id: 'nowhere' })).code).toBe(status.NOT_FOUND);
    expect((await call('Place', {})).code).toBe(status.INVALID_ARGUMENT);
    await call('Place', { id: 'a-2' });
    await call('Cancel', { id: 'a-2' });
    expect((await call('Cancel', { id: 'a-2' })).code).toBe(status.FAILED_PRECONDITION);
    expect((await call('Update', { id: 'a-2', payload: 'x' })).code).toBe(status.FAILED_PRECONDITION);
  });

  it('takes many orders over in one stream, and says how many it has on record', async () => {
    const ids = [0, 1, 2].map((n) => formatOperationId('svc', 9, n));
    const answer = await handOver([
      { place: { request_id: ids[0], id: ids[0], key: 'k', payload: 'p' } },
      { update: { request_id: ids[1], id: readableOrderId(0), payload: 'q' } },
      { cancel: { request_id: ids[2], id: readableOrderId(1) } },
    ]);
    expect(answer).toEqual({ code: status.OK, message: { accepted: 3 } });
    expect((await call('Get', { id: readableOrderId(1) })).message).toMatchObject({ status: 'cancelled' });
    const records = [...new EvidenceReader(join(directory, 'evidence')).more()].filter(
      ({ producer }) => producer === 9,
    );
    for (const kind of [evidenceKinds.received, evidenceKinds.applied]) {
      expect(records.filter((record) => record.kind === kind).map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    }
  });

  it('takes nothing over as nothing, and refuses a message that says nothing', async () => {
    expect(await handOver([])).toEqual({ code: status.OK, message: { accepted: 0 } });
    expect((await handOver([{}, { place: { id: 'a-3' } }])).code).toBe(status.INVALID_ARGUMENT);
  });

  it.each([
    ['HTTP/1.1', Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n')],
    ['garbage', Buffer.alloc(1_000, 0xff)],
    ['a preface and garbage', Buffer.from(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'x'.repeat(100)}`)],
  ])('survives %s', async (_name, bytes) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume().write(bytes);
    await new Promise((resolve) => {
      socket.once('close', resolve);
      setTimeout(() => socket.destroy(), 300);
    });
    expect((await call('Get', { id: readableOrderId(0) })).code).toBe(status.OK);
  });

  it('answers what is no message with an error, and goes on', async () => {
    for (const bytes of [Buffer.from([0xff, 0xff]), Buffer.from([0x0a, 0x7f, 1]), Buffer.alloc(100, 0x07)]) {
      expect((await call('Place', bytes)).code).not.toBe(status.OK);
    }
    expect((await call('Get', { id: readableOrderId(0) })).code).toBe(status.OK);
  });
});
