import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RestTarget } from '../../scenarios/scenario.ts';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { restDriver } from './driver.ts';
import { undiciDriver } from './undici-driver.ts';

const photo = randomBytes(40_000);
let folder: string;
let got: { readonly headers: IncomingMessage['headers']; readonly body: Buffer } | null = null;
const server = createServer(async (request, response) => {
  const body = await buffer(request);
  if (request.method === 'POST') got = { headers: request.headers, body };
  response.end('ok');
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bodies-'));
  writeFileSync(join(folder, 'photo.png'), photo);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function targetOf(request: string, client = 'own'): RestTarget {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const text = `name: own
workload: { operations: { send: {} } }
load: { model: open, rate: 1/s }
targets: { t: { protocol: rest, client: ${client}, connections: 1, address: "${address}", requests: { send: { method: POST, path: /, ${request} } } } }
`;
  const reading = parseScenario(text, { path: join(folder, 's.yaml'), env: {} });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.scenario.targets.t as RestTarget;
}

describe.each(['own', 'undici'] as const)('client %s', (client) => {
  async function sent(request: string) {
    const target = targetOf(request, client);
    const send = target.requests?.send;
    if (send === undefined) throw new Error('no request');
    const recorded = await RecordedSession.open({
      ...{ driver: client === 'own' ? restDriver : undiciDriver, target },
      address: target.address?.replace('http://', '') ?? '',
      operations: { send: { pattern: 'request-reply', request: send } },
    });
    await recorded.run('send', { id: 'first' });
    await recorded.run('send', { id: 'second' });
    await recorded.close();
    if (got === null) throw new Error('nothing came');
    return got;
  }

  it('sends a file just as it is', async () => {
    const { headers, body } = await sent('body: { file: photo.png }, headers: { content-type: image/png }');
    expect(headers).toMatchObject({ 'content-type': 'image/png', 'content-length': String(photo.length) });
    expect(body.equals(photo)).toBe(true);
  });

  it('sends a form that others read as what was written', async () => {
    const parts = `note: "of {{id}}", "an odd name": { text: '{"a":1}', contentType: application/json }, photo: { file: photo.png }`;
    const { headers, body } = await sent(`multipart: { ${parts} }`);
    const type = headers['content-type'] ?? '';
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    expect([...form.keys()]).toEqual(['note', 'an odd name', 'photo']);
    expect(form.get('note')).toBe('of second');
    expect(form.get('an odd name')).toBe('{"a":1}');
    const file = form.get('photo') as File;
    expect([file.name, file.type]).toEqual(['photo.png', 'application/octet-stream']);
    expect(Buffer.from(await file.arrayBuffer()).equals(photo)).toBe(true);
  });
});

describe('a body', () => {
  const problemOf = (request: string) => {
    try {
      targetOf(request);
      return null;
    } catch (error) {
      return (JSON.parse((error as Error).message) as { path: string; message: string }[])
        .map(({ path, message }) => `${path.replace('targets.t.requests.send.', '')}: ${message}`)
        .join('; ');
    }
  };

  it.each([
    [
      'of a file that is not there',
      'body: { file: none.bin }',
      'body.file: "none.bin" does not exist (paths are relative to the scenario file)',
    ],
    ['of neither text nor a file', 'body: 5', 'body: expected text, or { file }, not 5'],
    ['beside a form', 'body: x, multipart: { a: b }', 'multipart: and body exclude each other'],
    [
      'of a form with a file that is not there',
      'multipart: { a: { file: none.bin } }',
      'multipart.a.file: "none.bin" does not exist (paths are relative to the scenario file)',
    ],
    ['of an empty form', 'multipart: {}', 'multipart: needs at least one field'],
    [
      'of a form with a type of its own',
      'multipart: { a: b }, headers: { Content-Type: text/plain }',
      'headers.Content-Type: is what multipart sets, with its boundary; leave it out',
    ],
    [
      'of a field that a form cannot name',
      `multipart: { 'a"b': c }`,
      'multipart.a"b: has a quote or a backslash, which the form cannot carry',
    ],
  ])('%s is refused', (_, request, message) => {
    expect(problemOf(request)).toBe(message);
  });
});
