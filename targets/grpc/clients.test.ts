/** Our own client and grpc-js on the same scripted bytes: each answer counts the same with both, or the table says why not. */
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { GrpcClient } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { frame, uint32Payload } from '../driver-kit/http2/http2-frames.ts';
import { RawServer } from '../driver-suite/raw-server.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { everyByte, play, type ScriptedAnswer } from '../driver-suite/scripted-answer.ts';
import { grpcEntry } from './preset.ts';

const clients: readonly GrpcClient[] = ['own', 'grpc-js'];
const types = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
};
const flags = { none: 0, ack: 1, endStream: 1, endHeaders: 4, padded: 8 };
const prefaceBytes = 24;
/** Longer than the pauses of a busy machine. */
const mostWaitMs = 2_000;
/** The first on a connection: scripts are written for it. */
const stream = 1;

const ok = 'ok';
const malformed = 'failed: malformed answer';
const truncated = 'failed: truncated answer';
const oversized = 'failed: oversized answer';
const closed = 'failed: connection closed';
const none = 'no end';

interface Case extends ScriptedAnswer {
  readonly expected: string;
  /** With grpc-js, and why. */
  readonly grpcJs?: { readonly expected: string; readonly why: string };
}

function answer(
  frames: readonly Buffer[],
  expected: string,
  rest: Partial<Pick<Case, 'ending' | 'grpcJs'>> = {},
): Case {
  return { bytes: Buffer.concat(frames), expected, ending: 'stay', ...rest };
}

/** Literals that enter no table. */
function block(fields: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(fields).map(([name, value]) =>
      Buffer.concat([
        Buffer.from([0, name.length]),
        Buffer.from(name),
        Buffer.from([value.length]),
        Buffer.from(value),
      ]),
    ),
  );
}

const head = { ':status': '200', 'content-type': 'application/grpc' };
const fine = { 'grpc-status': '0' };

function headers(fields: Readonly<Record<string, string>>, id: number = stream): Buffer {
  return frame(types.headers, flags.endHeaders, id, block(fields));
}
function trailers(fields: Readonly<Record<string, string>>, id: number = stream): Buffer {
  return frame(types.headers, flags.endHeaders | flags.endStream, id, block(fields));
}
function data(payload: Buffer, id: number = stream, flag: number = flags.none): Buffer {
  return frame(types.data, flag, id, payload);
}
function message(length: number, bytes: Buffer = Buffer.alloc(length), flag = 0): Buffer {
  const prefix = Buffer.alloc(5, flag);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, bytes]);
}
function padded(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([3]), payload, Buffer.alloc(3)]);
}
function reset(code: number): Buffer {
  return frame(types.reset, flags.none, stream, uint32Payload(code));
}
function goaway(lastId: number): Buffer {
  return frame(types.goaway, flags.none, 0, Buffer.concat([uint32Payload(lastId), uint32Payload(0)]));
}
function whole(id: number): Buffer {
  return Buffer.concat([headers(head, id), data(message(0), id), trailers(fine, id)]);
}
function refusal(fields: Readonly<Record<string, string>>, expected: string): Case {
  return answer([trailers({ ...head, ...fields })], expected);
}

/** A field that the message has not, so that it has some length. */
const body = Buffer.concat([Buffer.from([0x7a, 20]), Buffer.alloc(20, 'x')]);

const cases: Readonly<Record<string, Case>> = {
  'a whole answer': answer([whole(stream)], ok),
  'a message over several frames': answer(
    [
      headers(head),
      ...[0, 3, 5, 11].map((at, n, cuts) => data(message(22, body).subarray(at, cuts[n + 1]))),
      trailers(fine),
    ],
    ok,
  ),
  'padded frames': answer(
    [
      frame(types.headers, flags.endHeaders | flags.padded, stream, padded(block(head))),
      data(padded(message(22, body)), stream, flags.padded),
      frame(types.headers, flags.endHeaders | flags.endStream | flags.padded, stream, padded(block(fine))),
    ],
    ok,
  ),
  'headers over several frames': answer(
    [
      frame(types.headers, flags.none, stream, block(head).subarray(0, 7)),
      frame(types.continuation, flags.none, stream, block(head).subarray(7, 20)),
      frame(types.continuation, flags.endHeaders, stream, block(head).subarray(20)),
      data(message(0)),
      trailers(fine),
    ],
    ok,
  ),
  'frames of other matters between': answer(
    [
      headers(head),
      frame(types.ping, flags.none, 0, Buffer.from('12345678')),
      frame(types.window, flags.none, 0, uint32Payload(1_000)),
      frame(0xfa, flags.none, stream, Buffer.from('unknown')),
      data(message(0)),
      frame(types.settings, flags.none, 0),
      data(Buffer.alloc(0)),
      trailers(fine),
    ],
    ok,
  ),
  'early hints before it': answer([headers({ ':status': '103', link: '</a>' }), whole(stream)], ok),
  'a status alone': refusal({ 'grpc-status': '5' }, 'rejected: status NOT_FOUND'),
  'a status that says later': refusal({ 'grpc-status': '14' }, 'rejected: status UNAVAILABLE, retryable'),
  'a status with a message': refusal(
    { 'grpc-status': '3', 'grpc-message': 'no such thing%3A 100%25 %E2%9C%93' },
    'rejected: status INVALID_ARGUMENT',
  ),
  'a status with a message badly encoded': refusal(
    { 'grpc-status': '3', 'grpc-message': '100% %zz %E2' },
    'rejected: status INVALID_ARGUMENT',
  ),
  'a status that nobody knows': refusal({ 'grpc-status': '99' }, 'rejected: status UNKNOWN'),
  'a status that is no number': refusal({ 'grpc-status': 'bad' }, 'rejected: status UNKNOWN'),
  'a status behind a message': answer(
    [headers(head), data(message(0)), trailers({ 'grpc-status': '8' })],
    'rejected: status RESOURCE_EXHAUSTED, retryable',
  ),
  'no message': answer([headers(head), trailers(fine)], malformed),
  'two messages': answer([headers(head), data(Buffer.concat([message(0), message(0)])), trailers(fine)], malformed, {
    grpcJs: { expected: none, why: 'it never reads the second, and so never gets to the status: the time-out ends it' },
  }),
  'a compressed message': answer([headers(head), data(message(0, Buffer.alloc(0), 1)), trailers(fine)], malformed),
  'a message too large': answer([headers(head), data(message(2 ** 31, Buffer.alloc(100)))], oversized),
  'a message cut short': answer([headers(head), data(message(22, body.subarray(0, 9))), trailers(fine)], truncated, {
    grpcJs: { expected: malformed, why: 'it says no more than that there was no message' },
  }),
  'no status': answer([headers(head), data(message(0), stream, flags.endStream)], truncated),
  'an error of HTTP': answer(
    [
      headers({ ':status': '503', 'content-type': 'text/html' }),
      data(Buffer.from('<p>later</p>'), stream, flags.endStream),
    ],
    'rejected: status UNAVAILABLE (HTTP 503), retryable',
  ),
  'an error of HTTP alone': answer([trailers({ ':status': '404' })], 'rejected: status UNIMPLEMENTED (HTTP 404)'),
  'a stream refused, so that it is sent again': answer([reset(7)], ok),
  'a stream that is too much': answer([reset(11)], 'rejected: stream reset: ENHANCE_YOUR_CALM, retryable'),
  'a stream that broke': answer([headers(head), reset(2)], 'failed: stream reset: INTERNAL_ERROR'),
  'a stream called off': answer([reset(8)], 'failed: stream reset: CANCEL'),
  'a farewell that leaves it out, so that it is sent again': answer([goaway(0)], ok),
  'a farewell before it': answer([goaway(stream), whole(stream)], ok),
  'the end of the connection': answer([], closed, { ending: 'end' }),
  'the end amid a message': answer([headers(head), data(message(22, body.subarray(0, 9)))], closed, { ending: 'end' }),
  'a reset of the connection': answer([], 'failed: connection reset', { ending: 'reset' }),
  garbage: answer([Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n and more of this kind')], malformed),
  'a frame too large': answer([data(Buffer.alloc(20_000))], malformed),
  'data before headers': answer([data(message(0)), trailers(fine)], malformed),
  'an answer on stream zero': answer([headers(head, 0)], malformed),
  'a header index out of nowhere': answer(
    [frame(types.headers, flags.endHeaders, stream, Buffer.from([0xff, 0x20]))],
    malformed,
  ),
  'more padding than frame': answer([headers(head), data(Buffer.from([9, 1]), stream, flags.padded)], malformed),
  'a header block that is interrupted': answer(
    [frame(types.headers, flags.none, stream, block(head)), frame(types.ping, flags.none, 0, Buffer.alloc(8))],
    malformed,
  ),
};

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Reads a client's frames, says what HTTP/2 has it say, and hands over each request with its stream. */
function serve(socket: Socket, onRequest: (id: number) => void): void {
  let bytes = Buffer.alloc(0);
  let at = prefaceBytes;
  socket.write(frame(types.settings, flags.none, 0));
  socket.on('data', (more) => {
    bytes = Buffer.concat([bytes, more]);
    while (at + 9 <= bytes.length && at + 9 + bytes.readUIntBE(at, 3) <= bytes.length) {
      const [type, flag, id] = [bytes[at + 3], bytes[at + 4] as number, bytes.readUInt32BE(at + 5)];
      const end = at + 9 + bytes.readUIntBE(at, 3);
      if (type === types.settings && (flag & flags.ack) === 0) socket.write(frame(types.settings, flags.ack, 0));
      if (type === types.ping && (flag & flags.ack) === 0) {
        socket.write(frame(types.ping, flags.ack, 0, bytes.subarray(at + 9, end)));
      }
      at = end;
      if (type === types.data && (flag & flags.endStream) !== 0) onRequest(id);
    }
  });
}

/** The first request is answered by the script, all others well. */
async function open(client: GrpcClient, script: (socket: Socket) => Promise<void>): Promise<RecordedSession> {
  let requests = 0;
  const server = await RawServer.listen((socket) => {
    let played = Promise.resolve();
    serve(socket, (id) => {
      played = requests++ === 0 ? script(socket) : played.then(() => void (socket.writable && socket.write(whole(id))));
    });
  });
  cleanUp.push(() => server.close());
  const proto = join(import.meta.dirname, 'fixtures', 'interop.proto');
  const request = { method: 'grpc.testing.TestService/UnaryCall', message: {}, metadata: {} };
  const recorded = await RecordedSession.open({
    driver: grpcEntry.driver,
    target: {
      name: 'own',
      protocol: 'grpc',
      engine: 'native',
      via: 'direct',
      connections: 1,
      client,
      proto,
      reflection: false,
    },
    address: server.address,
    operations: { ask: { pattern: 'request-reply', request } },
  });
  cleanUp.push(async () => {
    await recorded.close();
    expect(recorded.violations).toEqual([]);
  });
  return recorded;
}

async function outcomeOf(recorded: RecordedSession): Promise<string> {
  const attempt = recorded.start('ask');
  await Promise.race([attempt.whenEnded, sleep(mostWaitMs)]);
  const { outcome, reason, retryable } = attempt;
  recorded.abort(attempt);
  if (outcome === null) return none;
  if (outcome === outcomes.ok) return ok;
  if (outcome === outcomes.failed) return `failed: ${reason}`;
  return `rejected: ${reason}${retryable ? ', retryable' : ''}`;
}

describe.each(clients)('an answer, with the client %s:', (client) => {
  /** grpc-js takes a moment to see that a connection is of no more use, and loses what is called on it meanwhile. */
  async function goesOn(recorded: RecordedSession): Promise<void> {
    const ends: string[] = [];
    for (const mostCalls = client === 'own' ? 1 : 20; ends.at(-1) !== ok && ends.length < mostCalls; await nextTurn()) {
      ends.push(await outcomeOf(recorded));
    }
    expect(ends.at(-1)).toBe(ok);
  }

  const expectedOf = ({ expected, grpcJs }: Case) => (client === 'grpc-js' ? (grpcJs?.expected ?? expected) : expected);

  it.each(Object.entries(cases))('%s', async (_name, scripted) => {
    const recorded = await open(client, (socket) => play(socket, scripted));
    expect(await outcomeOf(recorded)).toBe(expectedOf(scripted));
    await goesOn(recorded);
  });

  const short = Object.entries(cases).filter(([, { bytes }]) => bytes.length < 300);
  it.each(short)('%s, byte by byte', async (_name, scripted) => {
    const recorded = await open(client, (socket) => play(socket, scripted, everyByte(scripted)));
    expect(await outcomeOf(recorded)).toBe(expectedOf(scripted));
    await goesOn(recorded);
  });
});
