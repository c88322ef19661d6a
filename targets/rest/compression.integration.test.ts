/** Compressed bodies over HTTP: both clients against our service, and the service as node's own fetch sees it. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RestTarget } from '../../scenarios/scenario.ts';
import { mostUnpackedBytes } from '../driver-kit/body-codec.ts';
import {
  describeCompressedOrders,
  describeLargeOrdersCompressed,
  minBytes,
} from '../driver-suite/compressed-orders.ts';
import { type LoneService, startLoneService } from '../driver-suite/lone-service.ts';
import { restEntry } from './preset.ts';

const target: RestTarget = { name: 'rest', protocol: 'rest', engine: 'native', via: 'direct', connections: 4 };
const pairs = [
  ['own', 'gzip'],
  ['own', 'br'],
  ['own', 'zstd'],
  ['undici', 'gzip'],
] as const;

for (const [client, codec] of pairs) {
  describeCompressedOrders(`REST with ${codec} by ${client}`, async () => ({
    entry: restEntry,
    target: { ...target, client, compression: { codec } },
    broker: null,
  }));
}

for (const client of ['own', 'undici'] as const) {
  describeLargeOrdersCompressed(`REST with gzip for large bodies by ${client}`, async () => ({
    entry: restEntry,
    target: { ...target, client, compression: { codec: 'gzip', minBytes } },
    broker: null,
  }));
}

describe.each([0, minBytes])('the service that packs from %d bytes on', (smallest) => {
  let service: LoneService;
  let orders: string;
  beforeAll(async () => {
    service = await startLoneService(restEntry, { ...target, compression: { codec: 'gzip', minBytes: smallest } });
    orders = `http://127.0.0.1:${service.port}/v1/orders`;
  });
  afterAll(() => service.stop());

  const order = (id: string, payloadBytes = 100) =>
    Buffer.from(JSON.stringify({ id, key: 'k', payload: 'p'.repeat(payloadBytes) }));
  const place = (body: Buffer, encoding?: string) =>
    fetch(orders, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'content-type': 'application/json', ...(encoding !== undefined && { 'content-encoding': encoding }) },
    });

  it('takes bodies as they are and in its codec, and answers what is wrong with others', async () => {
    expect((await place(gzipSync(order('packed')), 'gzip')).status).toBe(201);
    expect((await place(order('plain'))).status).toBe(201);
    expect((await place(order('identity'), 'identity')).status).toBe(201);
    expect((await place(brotliCompressSync(order('br')), 'br')).status).toBe(415);
    expect((await place(order('untrue'), 'gzip')).status).toBe(400);
    expect((await place(gzipSync('no JSON'), 'gzip')).status).toBe(400);
    const bomb = gzipSync(Buffer.alloc(mostUnpackedBytes + 1), { level: 1 });
    expect((await place(bomb, 'gzip')).status).toBe(413);
    expect((await place(gzipSync(order('after')), 'gzip')).status).toBe(201);
  });

  it.each([
    ['gzip', 'gzip'],
    ['br, gzip;q=0.5', 'gzip'],
    ['br', null],
    ['gzip;q=0', null],
    ['identity', null],
  ])('answers one that accepts %s in %s', async (accepted, encoding) => {
    const answerTo = async (id: string) => {
      const response = await fetch(`${orders}/${id}`, { headers: { 'accept-encoding': accepted } });
      expect(await response.json()).toMatchObject({ id });
      return response.headers;
    };
    await place(order('large', smallest));
    const [large, small] = [await answerTo('large'), await answerTo('order-r-00000001')];
    expect(large.get('content-encoding')).toBe(encoding);
    expect(small.get('content-encoding')).toBe(smallest === 0 ? encoding : null);
    expect([large, small].map((headers) => headers.get('vary'))).toEqual(
      Array(2).fill(encoding === null ? null : 'accept-encoding'),
    );
  });
});
