/** Our own client and undici on the same scripted bytes: each answer counts the same with both, or the table says why not. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RestClient, RestRequest } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { RawServer } from '../driver-suite/raw-server.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { everyByte, play, type ScriptedAnswer } from '../driver-suite/scripted-answer.ts';
import { restEntry } from './preset.ts';

const clients: readonly RestClient[] = ['own', 'undici'];
type Method = 'GET' | 'HEAD' | 'POST';

const ok = 'ok';
const malformed = 'failed: malformed answer';
const truncated = 'failed: truncated answer';
const oversized = 'failed: oversized answer';
const closed = 'failed: connection closed';
const reset = 'failed: connection reset';

interface Case extends ScriptedAnswer {
  readonly method: Method;
  readonly expected: string;
  /** With undici, and why. */
  readonly undici?: { readonly expected: string; readonly why: string };
}

type Rest = Partial<Pick<Case, 'method' | 'ending' | 'undici'>>;

function answer(text: string, expected: string, rest: Rest = {}): Case {
  return { bytes: Buffer.from(text, 'latin1'), expected, method: 'GET', ending: 'stay', ...rest };
}

const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

const cases: Readonly<Record<string, Case>> = {
  'with a length': answer('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello', ok),
  'with an empty body': answer('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', ok),
  'without a reason phrase': answer('HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nok', ok),
  'with headers repeated and in odd case': answer(
    'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nCONTENT-LENGTH:2\r\nX-Empty:\r\n\r\nok',
    ok,
  ),
  'of another status': answer('HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok', 'rejected: status 201'),
  'that refuses': answer('HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno', 'rejected: status 404'),
  'that says when to come back': answer(
    'HTTP/1.1 429 Slowly\r\nRetry-After: 7\r\ncontent-length: 0\r\n\r\n',
    'rejected: status 429, retryable after 7000 ms',
  ),
  'that says when to come back, in no words we know': answer(
    'HTTP/1.1 503 Later\r\nretry-after: soon\r\ncontent-length: 0\r\n\r\n',
    'rejected: status 503, retryable',
  ),
  'that refuses for now': answer('HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n', 'rejected: status 503, retryable'),
  'of status 204': answer('HTTP/1.1 204 No Content\r\n\r\n', 'rejected: status 204'),
  'of status 304': answer('HTTP/1.1 304 Not Modified\r\netag: "1"\r\n\r\n', 'rejected: status 304'),
  'of status 304 that tells a length': answer(
    'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n',
    'rejected: status 304',
  ),
  'to HEAD, with a length and no body': answer('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n', ok, {
    method: 'HEAD',
  }),
  'to HEAD, chunked and no body': answer(chunked, ok, { method: 'HEAD' }),
  'in chunks': answer(`${chunked}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`, ok),
  'in chunks with extensions and trailers': answer(
    `${chunked}5;name=value\r\nhello\r\n0\r\nx-checksum: 1\r\nx-more: 2\r\n\r\n`,
    ok,
  ),
  'until the peer closes': answer('HTTP/1.1 200 OK\r\n\r\nhello', ok, { ending: 'end' }),
  'of HTTP/1.0': answer('HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello', ok),
  'that announces the close': answer('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok', ok, {
    ending: 'end',
  }),
  'that announces a close and does not close': answer(
    'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok',
    ok,
  ),
  'after early hints': answer(
    'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
    ok,
  ),
  'after an unasked 100': answer('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', ok, {
    method: 'POST',
    undici: { expected: malformed, why: 'it takes a 100 only where it asked; a client must always (RFC 9110 §15.2)' },
  }),
  'with more behind it': answer('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 408 Late\r\n\r\n', ok),
  'of status 101': answer('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n', malformed),
  'of another protocol': answer('SSH-2.0-OpenSSH_9.9\r\n\r\n', malformed),
  'of an unknown version': answer('HTTP/3.7 200 OK\r\ncontent-length: 2\r\n\r\nok', malformed),
  'with a status that is no number': answer('HTTP/1.1 2x0 OK\r\ncontent-length: 2\r\n\r\nok', malformed),
  'with a header that has no name': answer('HTTP/1.1 200 OK\r\n: x\r\ncontent-length: 2\r\n\r\nok', malformed),
  'with a header that has no colon': answer('HTTP/1.1 200 OK\r\nnonsense\r\n\r\n', malformed),
  'with a control in a header': answer('HTTP/1.1 200 OK\r\nx: \x01\r\ncontent-length: 2\r\n\r\nok', malformed),
  'with a length that is no number': answer('HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok', malformed),
  'with two lengths': answer('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok', malformed),
  'with a length and chunks': answer(
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    malformed,
  ),
  'with a chunk size that is no number': answer(`${chunked}zz\r\nhello\r\n0\r\n\r\n`, malformed),
  'with a chunk longer than it says': answer(`${chunked}2\r\nhello\r\n0\r\n\r\n`, malformed),
  'cut off before it begins': answer('', closed, { ending: 'end' }),
  'cut off in its head': answer('HTTP/1.1 200 OK\r\ncontent-le', truncated, { ending: 'end' }),
  'cut off behind its head': answer('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n', truncated, { ending: 'end' }),
  'cut off in its body': answer('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel', truncated, { ending: 'end' }),
  'cut off in a chunk': answer(`${chunked}5\r\nhel`, truncated, { ending: 'end' }),
  'cut off before the last chunk': answer(`${chunked}5\r\nhello\r\n`, truncated, { ending: 'end' }),
  'cut off in a chunk of a connection that closes': answer(
    'HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel',
    truncated,
    { ending: 'end' },
  ),
  'reset before it begins': answer('', reset, { ending: 'reset' }),
  'with an endless head': answer(`HTTP/1.1 200 OK\r\n${'x-header: value\r\n'.repeat(20_000)}`, oversized),
  'with too long a body': answer(
    `HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n${'x'.repeat(18 << 20)}`,
    oversized,
  ),
  'with too long a chunk': answer(`${chunked}fffffff\r\n${'x'.repeat(18 << 20)}`, oversized),
};
const names = Object.keys(cases);
const fine: ScriptedAnswer = { bytes: Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'), ending: 'stay' };

/** Keys of calls: which case, split where. */
const split = { whole: 'whole', everyByte: 'bytes' } as const;

let server: RawServer;
/** Requests for a case that have come. */
let asked = 0;
const sessions = new Map<RestClient, RecordedSession>();

/** What is asked for stands in the path: `/case/split`. A probe and anything else gets the fine answer. */
function respond(socket: Socket, head: string): void {
  const [, index = '', how = ''] = /^[A-Z]+ \/case\/(\d+)\/(\w+) /.exec(head) ?? [];
  const scripted = cases[names[Number(index)] ?? ''];
  if (index !== '') asked++;
  if (index === '' || scripted === undefined) {
    const bytes = head.startsWith('HEAD ') ? fine.bytes.subarray(0, -2) : fine.bytes;
    void play(socket, { ...fine, bytes });
  } else if (how === split.whole) void play(socket, scripted);
  else void play(socket, scripted, how === split.everyByte ? everyByte(scripted) : [Number(how)]);
}

async function open(client: RestClient): Promise<RecordedSession> {
  const request = (method: Method, path: string): { pattern: 'request-reply'; request: RestRequest } => ({
    pattern: 'request-reply',
    request: { method, path, headers: {}, expect: { status: [200] }, ...(method === 'POST' ? { body: 'x' } : {}) },
  });
  return RecordedSession.open({
    driver: restEntry.driver,
    target: { name: 'own', protocol: 'rest', engine: 'native', via: 'direct', connections: 2, client },
    address: server.address,
    operations: {
      GET: request('GET', '/case/{{key}}'),
      HEAD: request('HEAD', '/case/{{key}}'),
      POST: request('POST', '/case/{{key}}'),
      fine: request('GET', '/fine'),
    },
  });
}

beforeAll(async () => {
  server = await RawServer.listen((socket) => {
    socket.on('data', (data) => respond(socket, data.toString('latin1')));
  });
  for (const client of clients) sessions.set(client, await open(client));
});

afterAll(async () => {
  for (const session of sessions.values()) {
    await session.close();
    expect(session.violations).toEqual([]);
  }
  await server.close();
});

async function outcomeOf(client: RestClient, operation: string, key: string): Promise<string> {
  const session = sessions.get(client) as RecordedSession;
  const { outcome, reason, retryable, retryAfterMs, sentTimes } = await session.run(operation, { key });
  const after = retryAfterMs === null ? '' : ` after ${retryAfterMs} ms`;
  const retry = outcome === outcomes.rejected && retryable ? `, retryable${after}` : '';
  if (outcome === outcomes.ok) return sentTimes === 1 ? ok : `sent ${sentTimes} times`;
  return `${outcome === outcomes.rejected ? 'rejected' : 'failed'}: ${reason}${retry}`;
}

describe.each(clients)('an answer, with the client %s', (client) => {
  const expectedOf = ({ expected, undici }: Case) => (client === 'undici' ? (undici?.expected ?? expected) : expected);

  it.each(Object.entries(cases))('%s', async (name, scripted) => {
    const index = names.indexOf(name);
    expect(await outcomeOf(client, scripted.method, `${index}/${split.whole}`)).toBe(expectedOf(scripted));
    expect(await outcomeOf(client, 'fine', '')).toBe(ok);
  });

  // What comes behind an answer is not read with it then: it meets whatever was asked next.
  const short = Object.entries(cases).filter(
    ([name, { bytes }]) => bytes.length < 300 && name !== 'with more behind it',
  );
  it.each(short)('%s, byte by byte', async (name, scripted) => {
    const index = names.indexOf(name);
    expect(await outcomeOf(client, scripted.method, `${index}/${split.everyByte}`)).toBe(expectedOf(scripted));
    expect(await outcomeOf(client, 'fine', '')).toBe(ok);
  });

  it.each(['with a length', 'in chunks with extensions and trailers', 'after early hints'])(
    '%s, split at every byte',
    async (name) => {
      const index = names.indexOf(name);
      const { bytes = Buffer.alloc(0) } = cases[name] ?? {};
      for (let cut = 1; cut < bytes.length; cut++) expect(await outcomeOf(client, 'GET', `${index}/${cut}`)).toBe(ok);
    },
  );

  it.each([
    'cut off before it begins',
    'cut off in its body',
    'cut off in a chunk',
    'with two lengths',
    'with more behind it',
  ])('%s, again and again: sent is what the peer got, and what our waits hold back is not', async (name) => {
    const session = sessions.get(client) as RecordedSession;
    const { method } = cases[name] as Case;
    asked = 0;
    const all = Array.from({ length: 24 }, () => session.start(method, { key: `${names.indexOf(name)}/whole` }));
    await sleep(120);
    for (const attempt of all) session.abort(attempt);
    const sent = all.reduce((sum, { sentTimes }) => sum + sentTimes, 0);
    for (const { sentTimes, outcome } of all) if (outcome !== null) expect(sentTimes).toBe(1);
    expect(sent).toBeGreaterThan(1);
    await expect.poll(() => asked).toBe(sent);
    expect(await outcomeOf(client, 'fine', '')).toBe(ok);
  });
});
