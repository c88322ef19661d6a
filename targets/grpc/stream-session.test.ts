/** Streams that stay, against node:http2 doing what our service does not: it ends them, goes away, takes little. */
import http2, { type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import protobuf from 'protobufjs';
import { afterEach, describe, expect, it } from 'vitest';
import { outcomes } from '../driver.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { until } from '../process/until.ts';
import { grpcDriver } from './driver.ts';
import { ordersProto } from './orders-service.ts';

const root = new protobuf.Root().loadSync(ordersProto, { keepCase: true });
const requestType = root.lookupType('wirebench.orders.v1.ConverseRequest');
const replyType = root.lookupType('wirebench.orders.v1.ConverseReply');
const ok = { outcome: outcomes.ok, reason: '' };

const cleanUp: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

interface Peer {
  readonly stream: ServerHttp2Stream;
  /** By order of arrival. */
  readonly numbers: number[];
  answer(number: number, code?: string): void;
  end(status: number): void;
}

/** `onMessage` is told of every message as it comes. */
async function startPeer(onMessage: (peer: Peer, number: number) => void, options: http2.ServerOptions = {}) {
  const peers: Peer[] = [];
  const sessions: ServerHttp2Session[] = [];
  const server = http2.createServer(options);
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    const peer: Peer = {
      stream,
      numbers: [],
      answer(number, code = 'created') {
        const body = replyType.encode(replyType.fromObject({ number, code })).finish();
        const prefix = Buffer.alloc(5);
        prefix.writeUInt32BE(body.length, 1);
        stream.write(Buffer.concat([prefix, body]));
      },
      end(status) {
        stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status) }));
        stream.end();
      },
    };
    peers.push(peer);
    let rest = Buffer.alloc(0);
    stream.on('data', (piece: Buffer) => {
      rest = Buffer.concat([rest, piece]);
      while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
        const length = rest.readUInt32BE(1);
        const read = requestType.toObject(requestType.decode(rest.subarray(5, 5 + length)), { longs: Number });
        rest = rest.subarray(5 + length);
        peer.numbers.push(read.number);
        onMessage(peer, read.number);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(async () => {
    for (const session of sessions) session.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const recorded = await RecordedSession.open({
    driver: grpcDriver,
    target: {
      ...{ name: 'grpc', protocol: 'grpc', engine: 'native', via: 'direct', connections: 1, reflection: false },
      ...{ proto: ordersProto, calls: 'stream' },
    } as const,
    address,
    operations: {
      place: {
        pattern: 'request-reply',
        request: {
          method: 'wirebench.orders.v1.Orders/Converse',
          message: { item: { place: { request_id: '{{id}}', id: '{{id}}', payload: '{{payload}}' } } },
          metadata: {},
        },
      },
    },
    payloads: { place: [Buffer.alloc(30_000, 'payload ')] },
    slots: 64,
  });
  cleanUp.push(async () => {
    await recorded.close();
    expect(recorded.violations).toEqual([]);
  });
  const runMany = (count: number) => Promise.all(Array.from({ length: count }, () => recorded.run('place')));
  return { recorded, peers, sessions, runMany };
}

describe('a gRPC stream that stays', () => {
  it('carries all operations, answered in whatever order', async () => {
    const { peers, runMany } = await startPeer((peer) => {
      if (peer.numbers.length === 10) for (const number of peer.numbers.toReversed()) peer.answer(number);
    });
    const ends = await runMany(10);
    expect(ends.map(({ outcome, reason }) => ({ outcome, reason }))).toEqual(Array(10).fill(ok));
    expect(peers).toHaveLength(1);
  });

  it('takes its time where the peer takes little at once, and loses nothing', async () => {
    const settings = { initialWindowSize: 16_384 };
    const { peers, runMany } = await startPeer((peer, number) => peer.answer(number), { settings });
    const ends = await runMany(50);
    expect(ends.map(({ outcome, reason }) => ({ outcome, reason }))).toEqual(Array(50).fill(ok));
    expect(peers[0]?.numbers).toHaveLength(50);
  });

  it('is opened again when the peer ends it; what was in flight failed with the reason', async () => {
    const { recorded, peers, runMany } = await startPeer((peer, number) => {
      if (peers.length > 2) peer.answer(number);
      else if (peer.numbers.length === 4) peer.end(peers.length === 1 ? 14 : 0);
    });
    const first = await runMany(4);
    expect(new Set(first.map(({ reason }) => reason))).toEqual(new Set(['status UNAVAILABLE']));
    const second = await runMany(4);
    expect(new Set(second.map(({ reason }) => reason))).toEqual(new Set(['stream ended']));
    expect(second[0]).toMatchObject({ outcome: outcomes.failed, retryable: true });
    expect((await runMany(4)).map(({ reason }) => reason)).toEqual(['', '', '', '']);
    expect(peers).toHaveLength(3);
    expect(recorded.session.reconnects()).toBe(0); // the connection stayed
  });

  it('is left, answers awaited, when the peer goes away, and goes on elsewhere', async () => {
    const { recorded, peers, sessions, runMany } = await startPeer((peer, number) => {
      if (peers.length > 1) peer.answer(number);
    });
    const waiting = runMany(3);
    await until('the messages are there', () => peers[0]?.numbers.length === 3);
    sessions[0]?.goaway(0, 2 ** 31 - 1);
    await until('another connection is there', () => sessions.length === 2);
    const next = await runMany(3);

    expect(next.map(({ reason }) => reason)).toEqual(['', '', '']);
    const [left] = peers;
    for (const number of left?.numbers ?? []) left?.answer(number);
    expect((await waiting).map(({ reason }) => reason)).toEqual(['', '', '']);

    await until('our side of the stream has ended', () => left?.stream.readableEnded === true);
    expect([sessions.length, recorded.session.reconnects()]).toEqual([2, 0]);
  });

  it.each([
    ['refused', (peer: Peer) => peer.stream.close(http2.constants.NGHTTP2_REFUSED_STREAM), 1],
    ['left out by a peer that goes away', (peer: Peer) => peer.stream.session?.goaway(0, 1), 2],
  ])('sends again what was on a call that was %s', async (_name, leave, expectedSessions) => {
    const { peers, sessions, runMany } = await startPeer((peer, number) => {
      if (peers.length === 1) peer.end(0);
      else if (peers.length === 2 && peer.numbers.length === 3) leave(peer);
      else if (peers.length === 3) peer.answer(number);
    });
    expect((await runMany(1)).map(({ reason }) => reason)).toEqual(['stream ended']);
    const ends = await runMany(3);
    expect(ends.map(({ reason, resentTimes }) => ({ reason, resentTimes }))).toEqual(
      Array(3).fill({ reason: '', resentTimes: 1 }),
    );
    expect(sessions).toHaveLength(expectedSessions);
  });

  it('passes over answers to nobody and to attempts that were given up', async () => {
    const { recorded, peers } = await startPeer(() => undefined);
    const given = recorded.start('place');
    await until('it is there', () => peers[0]?.numbers.length === 1);
    recorded.abort(given);
    const again = recorded.start('place', { slot: given.slot });
    await until('that one too', () => peers[0]?.numbers.length === 2);
    const [first = 0, second = 0] = peers[0]?.numbers ?? [];
    peers[0]?.answer(first, 'notFound');
    peers[0]?.answer(999_999);
    peers[0]?.answer(second);
    peers[0]?.answer(second);
    expect(await again.whenEnded).toMatchObject(ok);
    expect(given.outcome).toBeNull();
  });

  it('breaks off one that answers nonsense', async () => {
    const { recorded, peers } = await startPeer((peer) => peer.stream.write(Buffer.from([0, 0, 0, 0, 1, 0xff])));
    expect(await recorded.run('place')).toMatchObject({ outcome: outcomes.failed, reason: 'malformed answer' });
    await until('it is reset', () => peers[0]?.stream.rstCode === 8);
  });
});
