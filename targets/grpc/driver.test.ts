/** The driver against HTTP/2 servers that are not ours: node:http2, told to do what servers seldom do, and raw bytes. */
import http2, {
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../result/bench-error.ts';
import { outcomes } from '../driver.ts';
import { createReadBuffer, endpointOf } from '../driver-kit/client-socket.ts';
import { Http2Connection } from '../driver-kit/http2/http2-connection.ts';
import { frame, settings as settingNumbers, settingsPayload, uint32Payload } from '../driver-kit/http2/http2-frames.ts';
import { RawServer } from '../driver-suite/raw-server.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { until } from '../process/until.ts';
import { grpcDriver } from './driver.ts';
import { GrpcStream } from './grpc-stream.ts';

const proto = join(import.meta.dirname, 'fixtures', 'interop.proto');
const emptyAnswer = Buffer.alloc(5);
const payload = Buffer.alloc(300_000, 'payload ');
const ok = { outcome: outcomes.ok, reason: '' };

const cleanUp: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function openSession(address: string, connections = 1): Promise<RecordedSession> {
  const request = (message: Record<string, unknown>, metadata: Record<string, string> = {}) => ({
    pattern: 'request-reply' as const,
    request: { method: 'grpc.testing.TestService/UnaryCall', message, metadata },
  });
  const recorded = await RecordedSession.open({
    driver: grpcDriver,
    target: {
      name: 'own',
      protocol: 'grpc',
      engine: 'native',
      via: 'direct',
      connections,
      address,
      proto,
      reflection: false,
    },
    address,
    operations: {
      small: request({}),
      large: request({ payload: { body: '{{payloadBase64}}' } }),
      described: request(
        {},
        { 'X-Request-Id': '{{id}}', authorization: 'secret', long: `{{key}}${'x'.repeat(40_000)}` },
      ),
    },
    payloads: { large: [payload] },
    slots: 256,
  });
  cleanUp.push(async () => {
    await recorded.close();
    expect(recorded.violations).toEqual([]);
  });
  return recorded;
}

type Answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, n: number) => void;

async function http2Server(answer: Answer, options: http2.ServerOptions = {}) {
  const sessions: ServerHttp2Session[] = [];
  let calls = 0;
  const server: Http2Server = http2.createServer(options);
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    answer(stream, headers, calls++);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(async () => {
    for (const session of sessions) session.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, sessions };
}

/** A whole answer, once the request is whole. */
function reply(stream: ServerHttp2Stream, message: Buffer = emptyAnswer, trailers = { 'grpc-status': '0' }): void {
  stream.resume().once('end', () => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(message);
  });
}

describe('gRPC driver on HTTP/2 that is not ours', () => {
  it('reads what is padded, continued and compressed', async () => {
    const { address } = await http2Server(
      (stream) => {
        stream.resume();
        stream.respond(
          { ':status': 200, 'content-type': 'application/grpc', long: 'header '.repeat(4_000) },
          { waitForTrailers: true },
        );
        stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', note: 'x'.repeat(20_000) }));
        stream.end(Buffer.concat([Buffer.from([0, 0, 1, 0, 0]), Buffer.alloc(65_536)]));
      },
      { paddingStrategy: http2.constants.PADDING_STRATEGY_MAX, maxSendHeaderBlockLength: 1 << 20 },
    );
    const recorded = await openSession(address);
    for (let n = 0; n < 3; n++) expect(await recorded.run('small')).toMatchObject(ok);
  });

  it('sends metadata of the operation and of the call, longer than a frame too', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const { address } = await http2Server(
      (stream, headers) => {
        seen.push(headers);
        reply(stream);
      },
      { settings: { maxHeaderListSize: 1 << 20 } },
    );
    const recorded = await openSession(address);
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.push((await recorded.run('described')).id);
    expect(seen.map((headers) => headers['x-request-id'])).toEqual(ids);
    for (const [n, headers] of seen.entries()) {
      expect(headers).toMatchObject({
        ':method': 'POST',
        ':scheme': 'http',
        ':path': '/grpc.testing.TestService/UnaryCall',
        ':authority': address,
        'content-type': 'application/grpc',
        te: 'trailers',
        authorization: 'secret',
        long: `key-${n}${'x'.repeat(40_000)}`,
      });
    }
  });

  it.each([
    ['the usual windows', {}],
    ['tiny windows', { initialWindowSize: 10 }],
    ['no header table', { headerTableSize: 0 }],
    ['large frames', { maxFrameSize: 1_000_000, initialWindowSize: 10_000_000 }],
  ])('sends large messages whole through %s', async (_name, settings) => {
    const received: number[] = [];
    const { address } = await http2Server(
      (stream) => {
        let bytes = 0;
        stream.on('data', (data: Buffer) => {
          bytes += data.length;
          if (data.some((octet) => octet === 0xee)) bytes = Number.NaN;
        });
        stream.once('end', () => received.push(bytes));
        reply(stream);
      },
      { settings },
    );
    const recorded = await openSession(address);
    const attempts = await Promise.all(Array.from({ length: 6 }, () => recorded.run('large')));
    for (const attempt of attempts) expect(attempt).toMatchObject(ok);
    // Prefix, tag and length of the outer and of the inner field.
    expect(new Set(received)).toEqual(new Set([payload.length + 5 + 4 + 4]));
  });

  it('follows windows that change under way', async () => {
    const { address, sessions } = await http2Server((stream) => reply(stream), {
      settings: { initialWindowSize: 1_000 },
    });
    const recorded = await openSession(address);
    const attempts = Array.from({ length: 4 }, () => recorded.start('large'));
    for (const initialWindowSize of [0, 50_000, 10, 200_000]) {
      sessions[0]?.settings({ initialWindowSize });
      await sleep(10);
    }
    for (const { whenEnded } of attempts) expect(await whenEnded).toMatchObject(ok);
  });

  it('opens no more streams than the peer allows, and more when it allows more', async () => {
    let open = 0;
    let most = 0;
    const held: ServerHttp2Stream[] = [];
    const { address, sessions } = await http2Server(
      (stream) => {
        most = Math.max(most, ++open);
        stream.once('close', () => open--);
        held.push(stream);
      },
      { settings: { maxConcurrentStreams: 3 } },
    );
    const recorded = await openSession(address);
    const attempts = Array.from({ length: 12 }, () => recorded.start('small'));
    await sleep(50);
    expect([most, attempts.filter(({ sentTimes }) => sentTimes > 0).length]).toEqual([3, 3]);
    for (const stream of held.splice(0)) reply(stream);
    await sleep(50);
    expect(attempts.filter(({ sentTimes }) => sentTimes > 0)).toHaveLength(6);
    expect(most).toBe(3);
    sessions[0]?.settings({ maxConcurrentStreams: 100 });
    await sleep(50);
    expect(attempts.every(({ sentTimes }) => sentTimes === 1)).toBe(true);
    for (const stream of held) reply(stream);
    for (const { whenEnded } of attempts) expect(await whenEnded).toMatchObject(ok);
  });

  it('answers pings', async () => {
    const { address, sessions } = await http2Server((stream) => reply(stream));
    await openSession(address);
    const echoed = await new Promise<Buffer>((resolve) =>
      sessions[0]?.ping(Buffer.from('12345678'), (_error, _ms, data) => resolve(data)),
    );
    expect(echoed.toString()).toBe('12345678');
  });

  it('finishes what a leaving server allows, and goes on with a new connection', async () => {
    const { address, sessions } = await http2Server((stream, _headers, n) => {
      if (n > 0) return reply(stream);
      stream.session?.goaway();
      setTimeout(() => reply(stream), 50);
    });
    const recorded = await openSession(address);
    const first = recorded.start('small');
    await sleep(20);
    const second = recorded.start('small');
    expect(await second.whenEnded).toMatchObject(ok);
    expect(first.outcome).toBeNull();
    expect(await first.whenEnded).toMatchObject(ok);
    expect(sessions).toHaveLength(2);
    expect(recorded.session.reconnects()).toBe(0);
  });

  it('sends again what a leaving server did not look at, on a new connection', async () => {
    const { address, sessions } = await http2Server((stream, _headers, n) => {
      if (n === 1) stream.session?.goaway(http2.constants.NGHTTP2_NO_ERROR, 1);
      reply(stream);
    });
    const recorded = await openSession(address);
    expect(await recorded.run('small')).toMatchObject({ ...ok, resentTimes: 0 });
    expect(await recorded.run('small')).toMatchObject({ ...ok, resentTimes: 1 });
    expect(sessions).toHaveLength(2);
  });

  it('sends what was refused again, once an operation, whatever its retries', async () => {
    const { address, sessions } = await http2Server((stream, _headers, n) =>
      n === 1 ? reply(stream) : stream.close(http2.constants.NGHTTP2_REFUSED_STREAM),
    );
    const recorded = await openSession(address);
    expect(await recorded.run('small')).toMatchObject({ ...ok, sentTimes: 1, resentTimes: 1 });
    const reason = 'stream reset: REFUSED_STREAM';
    const refused = { outcome: outcomes.rejected, reason, retryable: true };
    expect(await recorded.run('small')).toMatchObject({ ...refused, resentTimes: 1 });
    expect(await recorded.run('small', { attempt: 2 })).toMatchObject({ ...refused, resentTimes: 0 });
    expect(sessions).toHaveLength(1);
  });

  it('forgets what was to be sent again when it is given up', async () => {
    const server = await RawServer.listen((socket, n) => {
      if (n === 0) socket.write(greeting);
      let read = 0;
      socket.on('data', (data) => {
        read += data.length;
        if (n === 0 && read > 100) socket.write(frame(7, 0, 0, Buffer.concat([uint32Payload(0), uint32Payload(0)])));
      });
    });
    cleanUp.push(() => server.close());
    const recorded = await openSession(server.address);
    const attempt = recorded.start('small');
    await until('another connection is tried', () => server.connections === 2);
    expect(attempt.outcome).toBeNull();
    recorded.abort(attempt);
    const next = recorded.start('small', { slot: attempt.slot });
    await sleep(50);
    expect([attempt.resentTimes, next.sentTimes, next.resentTimes]).toEqual([0, 0, 0]);
    recorded.abort(next);
  });

  it.each([
    [http2.constants.NGHTTP2_ENHANCE_YOUR_CALM, outcomes.rejected, 'stream reset: ENHANCE_YOUR_CALM'],
    [http2.constants.NGHTTP2_INTERNAL_ERROR, outcomes.failed, 'stream reset: INTERNAL_ERROR'],
    [http2.constants.NGHTTP2_CANCEL, outcomes.failed, 'stream reset: CANCEL'],
  ])('takes a stream reset with code %i for what it is, and keeps the connection', async (code, outcome, reason) => {
    const { address, sessions } = await http2Server((stream, _headers, n) =>
      n === 0 ? stream.close(code) : reply(stream),
    );
    const recorded = await openSession(address);
    expect(await recorded.run('small')).toMatchObject({ outcome, reason, retryable: true });
    expect(await recorded.run('small')).toMatchObject(ok);
    expect(sessions).toHaveLength(1);
  });

  it('tells the server of an abort, and uses the connection on', async () => {
    const resets: number[] = [];
    const { address, sessions } = await http2Server((stream, _headers, n) => {
      stream.once('close', () => resets.push(stream.rstCode));
      if (n > 0) reply(stream);
    });
    const recorded = await openSession(address);
    const attempt = recorded.start('large');
    await sleep(50);
    recorded.abort(attempt);
    expect(await recorded.start('large', { slot: attempt.slot }).whenEnded).toMatchObject(ok);
    await sleep(20);
    expect(resets).toContain(http2.constants.NGHTTP2_CANCEL);
    expect(sessions).toHaveLength(1);
  });

  it('takes an answer that comes before the end of the request', async () => {
    const { address, sessions } = await http2Server((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '8' }, { endStream: true });
    });
    const recorded = await openSession(address);
    for (let n = 0; n < 5; n++) {
      const reason = 'status RESOURCE_EXHAUSTED';
      expect(await recorded.run('large')).toMatchObject({ outcome: outcomes.rejected, reason, retryable: true });
    }
    expect(sessions).toHaveLength(1);
  });

  it('bounds the answer', async () => {
    const { address } = await http2Server((stream, _headers, n) =>
      reply(stream, n === 0 ? Buffer.from([0, 0x01, 0x40, 0, 0, 1]) : emptyAnswer),
    );
    const recorded = await openSession(address);
    expect(await recorded.run('small')).toMatchObject({ outcome: outcomes.failed, reason: 'oversized answer' });
    expect(await recorded.run('small')).toMatchObject(ok);
  });
});

it('retires a connection whose stream ids have run out, once its last stream has ended', async () => {
  const { address } = await http2Server((stream) => reply(stream));
  const events: string[] = [];
  const ready = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();
  const connection = new Http2Connection<GrpcStream>({
    index: 0,
    endpoint: endpointOf(address, undefined),
    readBuffer: createReadBuffer(),
    fields: [
      [
        [':method', 'POST'],
        [':scheme', 'http'],
        [':path', '/a.B/C'],
        [':authority', address],
      ],
    ],
    firstStreamId: 2 ** 31 - 3,
    owner: {
      ready: () => ready.resolve(),
      widened: () => undefined,
      retired: () => events.push('retired'),
      ended: (stream, _connection, { reason }) => events.push(`ended ${stream.slot} ${reason}`),
      broke: (_connection, reason) => events.push(`broke ${reason}`),
      finished: () => {
        events.push('finished');
        finished.resolve();
      },
    },
  });
  cleanUp.push(() => connection.close());
  await ready.promise;
  const writer = { operation: 0, fieldBytes: 0, messageBytes: 5, writeFields: () => undefined };
  const writeMessage = (buffer: Buffer, at: number) => void buffer.fill(0, at, at + 5);
  connection.send(new GrpcStream(0), { ...writer, writeMessage });
  expect([connection.canOpenStream, events]).toEqual([true, []]);
  connection.send(new GrpcStream(1), { ...writer, writeMessage });
  expect([connection.canOpenStream, events]).toEqual([false, ['retired']]);
  await finished.promise;
  expect(events).toEqual(['retired', 'ended 0 ', 'ended 1 ', 'finished']);
});

/** SETTINGS, and the acknowledgement of ours. */
const greeting = Buffer.concat([frame(4, 0, 0), frame(4, 1, 0)]);

describe('gRPC driver on bad days', () => {
  it.each([
    ['garbage', Buffer.from('\0\0\0garbage that is no frame')],
    ['a frame too large', frame(0, 0, 1, Buffer.alloc(20_000))],
    ['data for a stream that never was', frame(0, 0, 99, Buffer.from('x'))],
    ['an answer on stream zero', frame(1, 5, 0, Buffer.from([0x88]))],
    ['a header index out of nowhere', frame(1, 4, 1, Buffer.from([0xff, 0x20]))],
    ['more padding than frame', frame(0, 8, 1, Buffer.from([9, 1]))],
    ['half a header block', Buffer.concat([frame(1, 0, 1, Buffer.from([0x88])), frame(6, 0, 0, Buffer.alloc(8))])],
    ['endless headers', Buffer.concat([frame(1, 0, 1), ...Array.from({ length: 99 }, () => frame(9, 0, 1))])],
    ['a promise', frame(5, 4, 1, Buffer.alloc(4))],
    ['a window out of bounds', frame(8, 0, 0, uint32Payload(0x7fffffff))],
    ['a frame size out of bounds', frame(4, 0, 0, settingsPayload([[settingNumbers.maxFrameSize, 1]]))],
  ])('fails on %s, replaces the connection and goes on', async (_name, bytes) => {
    const server = await RawServer.listen((socket, n) => {
      let read = 0;
      socket.write(greeting);
      socket.on('data', (data) => {
        read += data.length;
        if (read < 100) return; // preface and settings
        if (n === 0) socket.write(bytes);
        else
          socket.write(
            Buffer.concat([
              frame(
                1,
                5,
                1,
                Buffer.concat([
                  Buffer.from([0x88, 0x5f, 0x10]),
                  Buffer.from('application/grpc'),
                  Buffer.from([0x00, 0x0b]),
                  Buffer.from('grpc-status'),
                  Buffer.from([0x01, 0x35]),
                ]),
              ),
            ]),
          );
      });
    });
    cleanUp.push(() => server.close());
    const recorded = await openSession(server.address);
    const attempt = await recorded.run('small');
    expect(attempt).toMatchObject({ outcome: outcomes.failed, reason: 'malformed answer', retryable: true });
    expect(await recorded.run('small')).toMatchObject({ outcome: outcomes.rejected, reason: 'status NOT_FOUND' });
    expect(recorded.session.reconnects()).toBe(1);
  });

  it.each([
    ['PING', frame(6, 0, 0, Buffer.alloc(8))],
    ['SETTINGS', frame(4, 0, 0)],
  ])('ends a connection that is flooded with %s and never read, and goes on with another', async (name, asked) => {
    const flood = Buffer.concat(Array.from({ length: 4_000 }, () => asked));
    const server = await RawServer.listen((socket, n) => {
      socket.write(greeting);
      if (n > 0) return;
      socket.pause();
      const pour = () => void (socket.writable && socket.write(flood, pour));
      setTimeout(pour, 50);
    });
    cleanUp.push(() => server.close());
    const recorded = await openSession(server.address);
    const expected = { outcome: outcomes.failed, reason: `flooded with ${name}`, retryable: true };
    expect(await recorded.run('small')).toMatchObject(expected);
    await until('another connection is there', () => server.connections > 1);
  });

  it('holds calls back while the peer reads nothing', async () => {
    const wide = frame(4, 0, 0, settingsPayload([[settingNumbers.initialWindowSize, 0x7fffffff]]));
    const server = await RawServer.listen((socket) => {
      socket.write(Buffer.concat([wide, frame(4, 1, 0), frame(8, 0, 0, uint32Payload(0x7fff0000))]));
      socket.pause();
    });
    cleanUp.push(() => server.close());
    const recorded = await openSession(server.address);
    const attempts = Array.from({ length: 100 }, () => recorded.start('large'));
    await sleep(100);
    const sent = attempts.filter(({ sentTimes }) => sentTimes > 0).length;
    expect(sent).toBeGreaterThan(5);
    expect(sent).toBeLessThan(60); // of 300 kB each
    recorded.abortAll();
  });

  it('fails everything in flight on a reset, also what waits for a window', async () => {
    const server = await RawServer.listen((socket) => socket.write(greeting));
    cleanUp.push(() => server.close());
    const recorded = await openSession(server.address);
    const attempts = ['small', 'large', 'large', 'small'].map((operation) => recorded.start(operation));
    await sleep(50);
    server.resetConnections();
    for (const { whenEnded } of attempts) {
      expect(await whenEnded).toMatchObject({ outcome: outcomes.failed, reason: 'connection reset', retryable: true });
    }
  });

  it.each([
    ['HTTP/1.1', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'no HTTP/2 answer'],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n', 'frame of'],
  ])('does not open where %s is spoken', async (_name, answer, why) => {
    const server = await RawServer.listen((socket) => socket.write(answer));
    cleanUp.push(() => server.close());
    const error = await openSession(server.address).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'cannotConnect', exitCode: exitCodes.stack });
    expect(String(error)).toContain(why);
  });

  it('does not open where connections close at once', async () => {
    const server = await RawServer.listen((socket) => socket.end());
    cleanUp.push(() => server.close());
    await expect(openSession(server.address)).rejects.toThrow(/connection closed/);
  });
});
