/** Compressed messages between both clients and our service, both ways. */
import diagnosticsChannel from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrpcTarget } from '../../scenarios/scenario.ts';
import { EvidenceReader, evidenceKinds } from '../domain/evidence.ts';
import { outcomes } from '../driver.ts';
import {
  describeCompressedOrders,
  describeLargeOrdersCompressed,
  minBytes,
} from '../driver-suite/compressed-orders.ts';
import { ContractRig } from '../driver-suite/contract-rig.ts';
import { grpcEntry } from './preset.ts';

const target: GrpcTarget = {
  name: 'grpc',
  protocol: 'grpc',
  engine: 'native',
  via: 'direct',
  connections: 2,
  reflection: false,
  compression: { codec: 'gzip' },
};

describeCompressedOrders('gRPC with gzip', async () => ({ entry: grpcEntry, target, broker: null }));

describeCompressedOrders('gRPC streams with gzip', async () => ({
  entry: grpcEntry,
  target: { ...target, calls: 'stream' },
  broker: null,
}));

for (const calls of ['unary', 'stream'] as const) {
  describeLargeOrdersCompressed(`gRPC with gzip for large messages, ${calls}`, async () => ({
    entry: grpcEntry,
    target: { ...target, calls, compression: { codec: 'gzip', minBytes } },
    broker: null,
  }));
}

describe('gRPC with gzip by grpc-js', () => {
  const rig = new ContractRig(async () => ({
    entry: grpcEntry,
    target: { ...target, client: 'grpc-js', compression: { codec: 'gzip', minBytes } },
    broker: null,
  }));
  const sockets: Socket[] = [];
  const listen = (message: unknown) => void sockets.push((message as { readonly socket: Socket }).socket);
  beforeAll(async () => {
    diagnosticsChannel.subscribe('net.client.socket', listen);
    await rig.begin();
  });
  afterAll(async () => {
    diagnosticsChannel.unsubscribe('net.client.socket', listen);
    await rig.end();
  });

  it('brings every order intact, large ones in fewer bytes; how many fewer of them are message, it tells nobody', async () => {
    const large = Buffer.from('wirebench-filler'.repeat(200));
    const small = Buffer.from('wirebench-filler'.repeat(50));
    const { recorded, evidencePath } = await rig.open('request-reply', {}, large, small);
    const upBytesOf = async (payload: number) => {
      const written = () => sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
      const before = written();
      const attempts = await Promise.all(Array.from({ length: 50 }, () => recorded.run('placeOrder', { payload })));
      expect(attempts.filter(({ outcome }) => outcome !== outcomes.ok)).toEqual([]);
      return written() - before;
    };
    const largeUpBytes = await upBytesOf(0);
    expect(largeUpBytes).toBeGreaterThan(50 * 50);
    expect(largeUpBytes).toBeLessThan((50 * large.length) / 4);
    expect(await upBytesOf(1)).toBeGreaterThan(50 * small.length);
    const applied = [...new EvidenceReader(evidencePath).more()].filter(({ kind }) => kind === evidenceKinds.applied);
    for (const body of [large, small]) {
      expect(applied.filter(({ checksum }) => checksum === crc32(body))).toHaveLength(50);
    }
    await rig.endTest();
  }, 20_000);
});
