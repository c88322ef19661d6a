/** What both clients say of a request message, and send: packed, or as it is where it is too small for that. */
import http2, { type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { afterEach, describe, expect, it } from 'vitest';
import type { GrpcRequest, GrpcTarget } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { ordersProto } from './orders-service.ts';
import { grpcEntry } from './preset.ts';

const orders = new protobuf.Root().loadSync(ordersProto, { keepCase: true });
const typeOf = (name: string) => orders.lookupType(`wirebench.orders.v1.${name}`);
const pool = [Buffer.from('small'), Buffer.alloc(2_000, 'large ')];

const cleanUp: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

interface SentMessage {
  readonly encoding: unknown;
  readonly flag: number;
  readonly bytes: Buffer;
  readonly plain: Buffer;
}

/** Says yes to every message, as soon as it is whole. */
function answer(stream: ServerHttp2Stream, path: string, { plain }: SentMessage): void {
  if (path.endsWith('/Converse')) {
    const { number } = typeOf('ConverseRequest').toObject(typeOf('ConverseRequest').decode(plain));
    stream.write(message(typeOf('ConverseReply').encode({ number, code: 'created' }).finish()));
  } else if (path.endsWith('/Batch')) {
    const { items } = typeOf('BatchRequest').toObject(typeOf('BatchRequest').decode(plain));
    stream.end(
      message(
        typeOf('BatchReply')
          .encode({ codes: items.map(() => 'created') })
          .finish(),
      ),
    );
  } else stream.end(message(new Uint8Array()));
}

function message(bytes: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

async function listen(sent: SentMessage[]): Promise<string> {
  const server = http2.createServer();
  server.on('session', (session) => cleanUp.push(() => session.destroy()));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    let rest = Buffer.alloc(0);
    stream.on('data', (piece: Buffer) => {
      rest = Buffer.concat([rest, piece]);
      while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
        const end = 5 + rest.readUInt32BE(1);
        const [flag, bytes] = [rest[0] as number, rest.subarray(5, end)];
        rest = rest.subarray(end);
        const one = { encoding: headers['grpc-encoding'], flag, bytes, plain: flag === 1 ? gunzipSync(bytes) : bytes };
        sent.push(one);
        answer(stream, String(headers[':path']), one);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function open(minBytes: number, how: Partial<GrpcTarget>) {
  const target: GrpcTarget = {
    ...{ name: 'grpc', protocol: 'grpc', engine: 'native', via: 'direct', connections: 1, reflection: false, ...how },
    compression: { codec: 'gzip', minBytes },
  };
  const { requests, settings } = grpcEntry.preset(target, {}, { placeOrder: { pattern: 'request-reply' } });
  const sent: SentMessage[] = [];
  const recorded = await RecordedSession.open({
    driver: grpcEntry.driver,
    target: { ...target, ...settings } as GrpcTarget,
    address: await listen(sent),
    operations: { placeOrder: { pattern: 'request-reply', request: requests.placeOrder as GrpcRequest } },
    payloads: { placeOrder: pool },
  });
  cleanUp.push(async () => {
    await recorded.close();
    expect(recorded.violations).toEqual([]);
  });
  return { recorded, sent };
}

describe.each<Partial<GrpcTarget>>([{ calls: 'unary' }, { calls: 'stream' }, { client: 'grpc-js' }])('%j', (how) => {
  it('packs the messages that are large enough, on calls that all name the encoding', async () => {
    const { recorded, sent } = await open(256, how);
    for (const payload of [0, 1, 0]) {
      expect(await recorded.run('placeOrder', { payload })).toMatchObject({ outcome: outcomes.ok, reason: '' });
    }
    expect(sent.map(({ encoding, flag }) => ({ encoding, flag }))).toEqual(
      [0, 1, 0].map((flag) => ({ encoding: 'gzip', flag })),
    );
    for (const [n, { plain }] of sent.entries()) expect(plain.includes(pool[n % 2] as Buffer)).toBe(true);
    const { plain, bytes } = sent[1] as SentMessage;
    if (how.client === 'grpc-js') expect(recorded.session.bodyBytes?.() ?? null).toBeNull();
    else {
      expect(recorded.session.bodyBytes?.()).toEqual({
        ...{ plainBytesUp: plain.length, wireBytesUp: bytes.length, plainBytesDown: 0, wireBytesDown: 0 },
      });
    }
  });

  it('measures the whole message: one of exactly as many bytes is packed', async () => {
    const first = await open(0, how);
    await first.recorded.run('placeOrder');
    const plainBytes = first.sent[0]?.plain.length ?? 0;
    for (const [minBytes, flag] of [
      [plainBytes, 1],
      [plainBytes + 1, 0],
    ] as const) {
      const { recorded, sent } = await open(minBytes, how);
      await recorded.run('placeOrder');
      expect(sent).toMatchObject([{ flag, plain: first.sent[0]?.plain }]);
    }
  });
});

it('a batch counts as the message that it is', async () => {
  const { recorded, sent } = await open(256, { batch: { maxMessages: 8, maxBytes: 65_536, lingerMs: 5 } });
  await recorded.run('placeOrder');
  const attempts = await Promise.all(Array.from({ length: 8 }, () => recorded.run('placeOrder')));
  expect(attempts.filter(({ outcome }) => outcome !== outcomes.ok)).toEqual([]);
  expect(sent.map(({ encoding, flag }) => ({ encoding, flag }))).toEqual(
    [0, 1].map((flag) => ({ encoding: 'gzip', flag })),
  );
});
