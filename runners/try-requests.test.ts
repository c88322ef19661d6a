import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
