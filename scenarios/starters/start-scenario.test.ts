import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseScenario } from '../schema/parse-scenario.ts';
import { startScenario } from './start-scenario.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirebench-starters-'));
afterAll(() => rmSync(folder, { recursive: true }));

const repo = join(import.meta.dirname, '..', '..');
const out = join(folder, 'mine.yaml');

function file(name: string, content: string | object): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Whole, as the parser has it: what is written is valid. */
async function started(from: string) {
  const text = await startScenario(from, out, 'mine', 'scenario.schema.json');
  const reading = parseScenario(text, { path: out, env: {} });
  if (!reading.ok) throw new Error(text);
  const [target] = Object.values(reading.scenario.targets);
  return { text, target, requests: target?.requests as Record<string, unknown>, workload: reading.scenario.workload };
}
const failure = (from: string) => startScenario(from, out, 'mine', 's').catch((error: unknown) => error);

describe('from an OpenAPI description', () => {
  const api = `openapi: 3.0.3
info: { title: Pets, version: "1" }
servers: [ { url: "https://pets.example/v1/" } ]
security: [ { bearer: [] } ]
paths:
  /pets:
    get:
      operationId: list-pets
      security: []
      parameters:
        - { name: limit, in: query, required: true, schema: { type: integer, default: 10 } }
        - { name: page, in: query, schema: { type: integer } }
        - { $ref: '#/components/parameters/Tenant' }
      responses: { "200": { description: ok } }
    post:
      operationId: createPet
      requestBody: { content: { application/json: { schema: { $ref: 'pet.yaml' } } } }
      responses: { "201": { description: made }, "400": { description: no } }
  /pets/{petId}/photos:
    parameters: [ { name: petId, in: path, required: true, schema: { type: string } } ]
    post: { requestBody: { content: { multipart/form-data: { schema: { type: object } } } }, responses: {} }
    delete: { deprecated: true, responses: {} }
components:
  parameters: { Tenant: { name: X-Tenant, in: header, required: true, schema: { type: string, enum: [red, blue] } } }
`;
  const pet = `type: object
properties:
  id: { type: integer, readOnly: true }
  name: { type: string, example: "{{Rex}} \${x}" }
  mother: { $ref: 'pet.yaml' }
`;

  it('takes its operations, examples and parts in other files; nothing goes to its server', async () => {
    file('pet.yaml', pet);
    const { requests, target, text } = await started(file('pets.yaml', api));
    expect(target).toMatchObject({ protocol: 'rest', address: 'http://127.0.0.1:8080/v1', via: 'direct' });
    expect(requests).toEqual({
      listPets: { method: 'GET', path: '/pets?limit=10', headers: { 'x-tenant': 'red' }, expect: { status: [200] } },
      createPet: {
        ...{ method: 'POST', path: '/pets', expect: { status: [201] } },
        headers: { authorization: 'none', 'content-type': 'application/json' },
        body: expect.stringMatching(/^\{"name":"\{ \{Rex\}\} \$\{x\}"/),
      },
      postPetsPetIdPhotos: {
        ...{ method: 'POST', path: '/pets/{{key}}/photos', expect: { status: [200, 201, 202, 204] } },
        headers: { authorization: 'none', 'content-type': 'multipart/form-data' },
      },
    });
    for (const todo of [
      'It was https://pets.example',
      'AUTHORIZATION in the environment',
      'petId in the path',
      'a body of multipart',
    ]) {
      expect(text).toContain(todo);
    }
  });

  it('takes Swagger 2, too', async () => {
    const { requests, target } = await started(
      file('swagger.json', {
        ...{ swagger: '2.0', host: 'localhost:9000', basePath: '/api', schemes: ['http'] },
        paths: {
          '/orders': {
            post: {
              parameters: [{ name: 'order', in: 'body', schema: { type: 'object', example: { a: 1 } } }],
              responses: {},
            },
          },
        },
      }),
    );
    expect(target?.address).toBe('http://localhost:9000/api');
    expect(requests).toMatchObject({ postOrders: { path: '/orders', body: '{"a":1}' } });
  });

  it('refuses what is none', async () => {
    expect(await failure(file('a.yaml', 'a: 1'))).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('no paths'),
    });
    expect(await failure(file('b.yaml', 'openapi: 3.0.0\npaths: {}'))).toMatchObject({
      message: 'b.yaml describes no operation',
    });
    expect(await failure(file('c.yaml', 'a: [1'))).toMatchObject({ exitCode: 2 });
    expect(await failure(join(folder, 'gone.yaml'))).toMatchObject({ exitCode: 2 });
  });
});

it('from recorded requests: what is alike is one operation with its share, secrets and pictures are left out', async () => {
  const entry = (method: string, url: string, more: object = {}, status = 200) => ({
    request: { method, url, headers: [], ...more },
    response: { status },
  });
  const withDollar = `{"a":"$\{b}"}`;
  const headers = [
    { name: 'Cookie', value: 'session=secret' },
    { name: ':authority', value: 'x' },
    { name: 'Accept', value: 'application/json' },
  ];
  const { requests, text, workload } = await started(
    file('shop.har', {
      log: {
        entries: [
          entry('GET', 'http://127.0.0.1:3000/orders/17?full=1', { headers }),
          entry('GET', 'http://127.0.0.1:3000/orders/18'),
          entry('POST', 'http://127.0.0.1:3000/orders', { postData: { text: withDollar } }, 201),
          entry('GET', 'http://127.0.0.1:3000/logo.png'),
          entry('GET', 'https://tracker.example/hit'),
        ],
      },
    }),
  );
  expect(requests).toEqual({
    getOrders: {
      ...{ method: 'GET', path: '/orders/17?full=1', expect: { status: [200] } },
      headers: { cookie: 'none', accept: 'application/json' },
    },
    postOrders: { method: 'POST', path: '/orders', headers: {}, body: withDollar, expect: { status: [201] } },
  });
  expect(Object.values(workload.operations).map(({ weight }) => weight)).toEqual([2, 1]);
  expect(text).not.toContain('secret');
  expect(text).toContain('Left out: 1 requests to https://tracker.example');
  expect(await failure(file('none.har', '{"log":{"entries":[]}}'))).toMatchObject({ exitCode: 2 });
});

describe('from a command line of curl', () => {
  it.each<[string, object]>([
    ['curl http://127.0.0.1:1/a', { method: 'GET', path: '/a' }],
    [`curl -d 'x=1' -d y=2 localhost:1`, { method: 'POST', path: '/', body: 'x=1&y=2' }],
    [`curl -G --data-urlencode 'q=a b' localhost:1/s`, { method: 'GET', path: '/s?q=a%20b' }],
    [
      `curl -sSLk -XPUT -H 'X-A: b' \\\n  --json '{"a":{"b":1}}' 'http://localhost/x y'`,
      {
        ...{ method: 'PUT', path: '/x%20y', body: '{"a":{"b":1}}' },
        headers: { 'x-a': 'b', accept: 'application/json', 'content-type': 'application/json' },
      },
    ],
    [
      'curl -u me:secret -A mine localhost:1',
      { method: 'GET', headers: { authorization: 'none', 'user-agent': 'mine' } },
    ],
    [
      'curl -H "Authorization: Bearer $TOKEN" "localhost:1/$NAME"',
      { path: '/none', headers: { authorization: 'none' } },
    ],
    [`curl 'http://[::1]:1/a' --data-raw $'it\\'s'`, { method: 'POST', body: "it's" }],
    ['curl -I -m 5 -o /dev/null localhost:1', { method: 'HEAD', path: '/' }],
  ])('%s', async (command, request) => {
    const { requests, text } = await started(command);
    expect(Object.values(requests)[0]).toMatchObject(request);
    expect(text).not.toContain('secret');
  });

  it('refuses one without an address', async () => {
    expect(await failure('curl -s')).toMatchObject({ exitCode: 2, message: 'This curl names no address' });
  });
});

it('from a .proto file: all methods of its services, with messages that fit', async () => {
  const { requests, target } = await started(join(repo, 'scenarios', 'proto', 'shop.proto'));
  expect(target).toMatchObject({ protocol: 'grpc', address: '127.0.0.1:50051' });
  expect(Object.values(requests)[0]).toMatchObject({
    method: expect.stringMatching(/^shop\./),
    message: { id: '{{id}}' },
  });
  const interop = await started(join(repo, 'targets', 'grpc', 'fixtures', 'interop.proto'));
  expect(Object.keys(interop.requests)).toContain('fullDuplexCall');
});
