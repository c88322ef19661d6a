/** Compressed answers, good and bad, as both clients count them; and what a request says and holds. */
import type { Socket } from 'node:net';
import { brotliCompressSync, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BodyCodecName, BodyCompression, RestClient } from '../../scenarios/scenario.ts';
import { formatOperationId } from '../domain/operation-id.ts';
import { outcomes } from '../driver.ts';
import { mostUnpackedBytes } from '../driver-kit/body-codec.ts';
import { RawServer } from '../driver-suite/raw-server.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { everyByte, play } from '../driver-suite/scripted-answer.ts';
import { restEntry } from './preset.ts';

const text = Buffer.from('hello '.repeat(50));
const packed = gzipSync(text);

/** `pieces`: in chunks, else with a length. */
function answer(body: Buffer, encoding: string | null, pieces = 0): Buffer {
  const head = encoding === null ? 'HTTP/1.1 200 OK\r\n' : `HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\n`;
  if (pieces === 0) return Buffer.concat([Buffer.from(`${head}content-length: ${body.length}\r\n\r\n`), body]);
  const size = Math.ceil(body.length / pieces);
  const chunks = Array.from({ length: pieces }, (_, n) => body.subarray(n * size, (n + 1) * size)).flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}\r\n`),
    chunk,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([Buffer.from(`${head}transfer-encoding: chunked\r\n\r\n`), ...chunks, Buffer.from('0\r\n\r\n')]);
}

const bomb = gzipSync(Buffer.alloc(mostUnpackedBytes + 1), { level: 1 });
const malformed = 'malformed answer';
const oversized = 'oversized answer';
const cases: Readonly<Record<string, readonly [bytes: Buffer, reason: string]>> = {
  gzip: [answer(packed, 'gzip'), ''],
  'gzip in chunks': [answer(packed, 'GZIP', 5), ''],
  br: [answer(brotliCompressSync(text), 'br'), ''],
  zstd: [answer(zstdCompressSync(text), 'zstd'), ''],
  identity: [answer(text, 'identity'), ''],
  'not compressed': [answer(text, null), ''],
  'without content': [answer(Buffer.alloc(0), 'gzip'), ''],
  'after early hints': [
    Buffer.concat([Buffer.from('HTTP/1.1 103 Hints\r\ncontent-encoding: x\r\n\r\n'), answer(packed, 'gzip')]),
    '',
  ],
  'cut short': [answer(packed.subarray(0, -12), 'gzip'), malformed],
  untrue: [answer(text, 'gzip'), malformed],
  'of another codec than it says': [answer(packed, 'br'), malformed],
  'with a codec that nobody knows': [answer(packed, 'lzma'), malformed],
  'packed twice': [answer(gzipSync(packed), 'gzip, gzip'), malformed],
  bomb: [answer(bomb, 'gzip'), oversized],
  'bomb in chunks': [answer(bomb, 'gzip', 7), oversized],
};
const names = Object.keys(cases);

let server: RawServer;
let requests: Buffer[] = [];
const sessions = new Map<RestClient, RecordedSession>();

/** `/number/split` of a case. */
function respond(socket: Socket, data: Buffer): void {
  const [, n = '', how = ''] = /^[A-Z]+ \/(\d+)\/(\w+) /.exec(data.toString('latin1', 0, 100)) ?? [];
  const [bytes] = cases[names[Number(n)] ?? ''] ?? [];
  if (n === '' || bytes === undefined) {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  requests.push(data);
  const scripted = { bytes, ending: 'stay' } as const;
  void (how === 'bytes' ? play(socket, scripted, everyByte(scripted)) : play(socket, scripted));
}

function openSession(client: RestClient, compression: BodyCompression<BodyCodecName>, pool = [text]) {
  return RecordedSession.open({
    driver: restEntry.driver,
    target: { name: 'own', protocol: 'rest', engine: 'native', via: 'direct', connections: 1, client, compression },
    address: server.address,
    operations: {
      ask: {
        pattern: 'request-reply',
        request: {
          method: 'POST',
          path: '/{{key}}',
          headers: { 'x-request-id': '{{id}}' },
          body: '{{id}} {{payload}}',
          expect: { status: [200] },
        },
      },
      get: {
        pattern: 'request-reply',
        request: { method: 'GET', path: '/{{key}}', headers: {}, expect: { status: [200] } },
      },
    },
    payloads: { ask: pool },
  });
}

beforeAll(async () => {
  server = await RawServer.listen((socket) => {
    socket.on('data', (data) => respond(socket, data));
  });
  for (const client of ['own', 'undici'] as const) sessions.set(client, await openSession(client, { codec: 'gzip' }));
});

afterAll(async () => {
  for (const session of sessions.values()) {
    await session.close();
    expect(session.violations).toEqual([]);
  }
  await server.close();
});

describe.each(['own', 'undici'] as const)('with the client %s', (client) => {
  const session = () => sessions.get(client) as RecordedSession;
  const short = names.filter((name) => (cases[name]?.[0].length ?? 0) < 1_000);

  it.each([...names.map((name) => [name, 'whole']), ...short.map((name) => [name, 'bytes'])])(
    'an answer %s, read %s, counts as it should',
    async (name = '', how) => {
      const reason = cases[name]?.[1];
      const before = session().session.bodyBytes?.();
      const attempt = await session().run('get', { key: `${names.indexOf(name)}/${how}` });
      expect(attempt).toMatchObject({ outcome: reason === '' ? outcomes.ok : outcomes.failed, reason });
      const plainBytes = (session().session.bodyBytes?.()?.plainBytesDown ?? 0) - (before?.plainBytesDown ?? 0);
      const isPacked = ['gzip', 'gzip in chunks', 'br', 'zstd', 'after early hints'].includes(name);
      expect(plainBytes).toBe(isPacked ? text.length : 0);
    },
  );

  it('a request says how it is packed and what it takes, and unpacks to what it is', async () => {
    requests = [];
    const { id } = await session().run('ask', { key: `${names.indexOf('gzip')}/whole` });
    await session().run('get', { key: `${names.indexOf('gzip')}/whole` });
    const [post = Buffer.alloc(0), get = Buffer.alloc(0)] = requests;
    const headEnd = post.indexOf('\r\n\r\n');
    const head = post.toString('latin1', 0, headEnd).toLowerCase();
    expect(head).toContain('content-encoding: gzip');
    expect(head).toContain('accept-encoding: gzip');
    expect(head).toContain(`content-length: ${post.length - headEnd - 4}`);
    expect(gunzipSync(post.subarray(headEnd + 4)).toString()).toBe(`${id} ${text}`);
    expect(get.toString('latin1')).toMatch(/\r\naccept-encoding: gzip\r\n/);
    expect(get.toString('latin1')).not.toContain('content-encoding');
  });

  it('a request that is too small to be packed goes as it is, and says nothing else', async () => {
    requests = [];
    const smaller = text.subarray(1);
    const minBytes = formatOperationId('c0117ac7', 0, 0).length + 1 + text.length;
    const bounded = await openSession(client, { codec: 'gzip', minBytes }, [smaller, text]);
    const key = `${names.indexOf('not compressed')}/whole`;
    const ids: string[] = [];
    for (const payload of [0, 1, 0]) ids.push((await bounded.run('ask', { key, payload })).id);
    const parts = requests.map((bytes) => {
      const at = bytes.indexOf('\r\n\r\n');
      return { head: bytes.toString('latin1', 0, at).toLowerCase(), body: bytes.subarray(at + 4) };
    });
    expect(parts.map(({ head }) => head.includes('\r\ncontent-encoding: gzip'))).toEqual([false, true, false]);
    for (const [n, { head, body }] of parts.entries()) {
      expect(head).toContain('\r\naccept-encoding: gzip');
      expect(head).toContain(`\r\nx-request-id: ${ids[n]}`);
      expect(head).toContain(`\r\ncontent-length: ${body.length}`);
    }
    expect(parts.map(({ body }, n) => (n === 1 ? gunzipSync(body) : body).toString())).toEqual(
      [smaller, text, smaller].map((payload, n) => `${ids[n]} ${payload}`),
    );
    expect(bounded.session.bodyBytes?.()).toEqual({
      ...{ plainBytesUp: minBytes, wireBytesUp: parts[1]?.body.length },
      ...{ plainBytesDown: 0, wireBytesDown: 0 },
    });
    await bounded.close();
    expect(bounded.violations).toEqual([]);
  });
});
