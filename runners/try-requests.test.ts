import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { parseScenario } from '../scenarios/schema/parse-scenario.ts';
import { outcomes } from '../targets/driver.ts';
import { type TriedRequest, tryRequests } from './try-requests.ts';

let asked: string[] = [];
const server = createServer((request, response) => {
  if (request.method !== 'HEAD') asked.push(`${request.method} ${request.url}`);
  response.statusCode = request.url === '/none' ? 404 : 200;
  response.end('{"found":true}');
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());
beforeEach(() => {
  asked = [];
});

async function tryAll(client: string, operations: readonly string[] = []): Promise<TriedRequest[]> {
  const { port } = server.address() as AddressInfo;
  const requests = '{ find: { method: POST, path: /orders, body: "{{id}}" }, miss: { method: POST, path: /none } }';
  const text = `name: own
workload: { operations: { find: {}, miss: {} } }
load: { model: open, rate: 1/s }
targets: { t: { protocol: rest, client: ${client}, address: "http://127.0.0.1:${port}", requests: ${requests} } }
`;
  return tryText(text, operations);
}

async function tryText(text: string, operations: readonly string[] = []): Promise<TriedRequest[]> {
  const reading = parseScenario(text, { path: 's.yaml', env: {} });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const tried: TriedRequest[] = [];
  await tryRequests(reading.scenario, operations, (one) => tried.push(one), new AbortController().signal);
  return tried;
}

it.each(['own', 'undici'])('%s sends each request once, and tells what came and how it was judged', async (client) => {
  const [find, miss] = await tryAll(client);
  expect(asked).toEqual(['POST /orders', 'POST /none']);
  expect(find).toMatchObject({ target: 't', operation: 'find', outcome: outcomes.ok, completion: 'replied' });
  expect(find?.request).toMatchObject({ body: expect.stringMatching(/^[0-9a-f]{8}-/) });
  expect(miss).toMatchObject({ outcome: outcomes.rejected, reason: 'status 404' });
  expect(miss?.answer?.head).toMatch(/404/);
});

it('shows an answer that is as expected, too', async () => {
  const [find] = await tryAll('own', ['find']);
  expect(asked).toEqual(['POST /orders']);
  expect(find?.answer?.body).toBe('{"found":true}');
});

it('shows no header that opens a door, neither of the request nor of the answer', async () => {
  const { port } = server.address() as AddressInfo;
  const headers = '{ Authorization: Bearer of-mine, cookie: a=of-mine, x-api-key: of-mine, x-kind: plain }';
  const text = `name: own
workload: { operations: { miss: {} } }
load: { model: open, rate: 1/s }
targets: { t: { protocol: rest, address: "http://127.0.0.1:${port}", requests: { miss: { method: POST, path: /none, headers: ${headers} } } } }
`;
  const [miss] = await tryText(text);
  expect(JSON.stringify(miss)).not.toContain('of-mine');
  expect(miss?.request).toMatchObject({ headers: { Authorization: '(not shown)', 'x-kind': 'plain' } });
});

it('shows the messages of gRPC as proto3 JSON, one by one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'try-'));
  const proto = join(folder, 'shop.proto');
  writeFileSync(
    proto,
    `syntax = "proto3"; package shop;
message Ask { string id = 1; }
message Order { string id = 1; int64 cents = 2; }
service Shop { rpc Get(Ask) returns (Order); rpc List(Ask) returns (stream Order); rpc None(Ask) returns (Order); }`,
  );
  const definition = loadSync(proto, { longs: String }) as unknown as Record<'shop.Shop', ServiceDefinition>;
  const grpc = new Server();
  grpc.addService(definition['shop.Shop'], {
    get: ((call, answer) => answer(null, { id: call.request.id, cents: '9007199254740993' })) as handleUnaryCall<
      { readonly id: string },
      object
    >,
    list: ((call) => {
      for (const cents of [1, 2]) call.write({ id: 'a', cents });
      call.end();
    }) as handleServerStreamingCall<object, object>,
    none: ((_, answer) => answer({ code: status.NOT_FOUND, details: 'no such order' })) as handleUnaryCall<
      object,
      object
    >,
  });
  const port = await new Promise<number>((resolve, reject) =>
    grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  const request = (method: string) => `{ method: shop.Shop/${method}, message: { id: "of-{{sequence}}" } }`;
  const text = `name: own
workload: { operations: { get: {}, list: {}, none: {} } }
load: { model: open, rate: 1/s }
targets: { t: { protocol: grpc, address: "127.0.0.1:${port}", proto: ${proto}, requests: { get: ${request('Get')}, list: ${request('List')}, none: ${request('None')} } } }
`;
  const [get, list, none] = await tryText(text);
  grpc.forceShutdown();
  rmSync(folder, { recursive: true });
  expect(JSON.parse(get?.answer?.body ?? '')).toEqual({ id: 'of-0', cents: '9007199254740993' });
  expect(list?.answer?.body.match(/"cents": "\d"/g)).toEqual(['"cents": "1"', '"cents": "2"']);
  expect(none).toMatchObject({ outcome: outcomes.rejected, reason: 'status NOT_FOUND' });
  expect(none?.answer).toMatchObject({ head: expect.stringContaining('grpc-status: 5'), body: 'no such order' });
});
