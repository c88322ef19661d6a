import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseScenario } from '../scenarios/schema/parse-scenario.ts';
import { checkOwnSystems } from './check-own-systems.ts';

const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  response.end();
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());

function check(...targets: readonly string[]): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const here = targets.map((target) => `  ${target.replaceAll('PORT', String(port))}\n`).join('');
  const load = 'workload: { operations: { ping: {} } }\nload: { model: open, rate: 1/s }';
  const reading = parseScenario(`name: own\n${load}\ntargets:\n${here}`, { path: 's.yaml', env: {} });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return checkOwnSystems(reading.scenario, null, new AbortController().signal);
}

const request = 'requests: { ping: { method: GET, path: /ping } }';
const well = `{ protocol: rest, via: direct, address: "http://127.0.0.1:PORT", ${request} }`;
const away = '{ protocol: rest, via: direct, address: "http://127.0.0.1:9/shop", REQUEST }'.replace('REQUEST', request);
const broker =
  '{ protocol: queue, via: direct, address: "amqp://me:word@127.0.0.1:9", requests: { ping: { routingKey: a, body: x } } }';

it('connects to each target and goes on when all of them answer', async () => {
  await check(`a: ${well}`, `b: ${well}`);
  expect(asked).toEqual(['HEAD /ping', 'HEAD /ping']);
});

it('tells of one that cannot be used, by its name and the address of the scenario', async () => {
  await expect(check(`a: ${well}`, `b: ${away}`)).rejects.toMatchObject({
    code: 'cannotConnect',
    exitCode: 3,
    message: 'b: The HTTP service at http://127.0.0.1:9/shop cannot be used: connect ECONNREFUSED 127.0.0.1:9',
  });
});

it('tells of all that cannot be used, and repeats no password', async () => {
  await expect(check(`a: ${away}`, `b: ${well}`, `c: ${broker}`)).rejects.toMatchObject({
    code: 'targetsUnusable',
    exitCode: 3,
    message: expect.stringMatching(
      /^2 of 3 targets cannot be used:\n {2}a: The HTTP .*\n {2}c: RabbitMQ at amqp:\/\/127\.0\.0\.1:9 cannot/,
    ),
  });
});
