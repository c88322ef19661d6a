/** What every protocol's batching must keep to, shown on the real reference service (and broker). */
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EvidenceReader, evidenceKinds } from '../domain/evidence.ts';
import { outcomes } from '../driver.ts';
import { ContractRig, type ContractSubject, contractPayload } from './contract-rig.ts';

const orders = 100;

/** `setup`: with a target whose batches hold up to `maxMessages`, a divisor of neither 100 nor 0. */
export function describeBatchedOrders(name: string, maxMessages: number, setup: () => Promise<ContractSubject>): void {
  describe(name, () => {
    const rig = new ContractRig(setup);
    beforeAll(() => rig.begin(), 60_000);
    afterEach(() => rig.endTest());
    afterAll(() => rig.end());

    it('carries as many orders in a request as it may, and each once and intact', async () => {
      const { recorded, evidencePath } = await rig.open('request-reply');
      const attempts = await Promise.all(Array.from({ length: orders }, () => recorded.run('placeOrder')));
      expect(attempts.filter(({ outcome }) => outcome !== outcomes.ok)).toEqual([]);
      const counts = recorded.session.batches?.() ?? expect.fail('nothing is counted');
      expect(counts).toMatchObject({ messages: orders, requests: Math.ceil(orders / maxMessages) });
      const { confirms = orders } = counts; // of a broker that confirms each batch, or parts of it
      expect(confirms).toBeGreaterThan(0);
      expect(confirms).toBeLessThanOrEqual(orders);
      const applied = [...new EvidenceReader(evidencePath).more()].filter(({ kind }) => kind === evidenceKinds.applied);
      expect(new Set(applied.map(({ checksum }) => checksum))).toEqual(new Set([crc32(contractPayload)]));
      expect(applied.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual(
        attempts.map((one) => one.sequence),
      );
    });

    it('tells what became of each operation in a batch', async () => {
      const { recorded } = await rig.open('request-reply');
      const ends = await Promise.all([
        recorded.run('placeOrder'),
        recorded.run('getOrder', { key: 'order-that-is-not-there' }),
        recorded.run('listOrders'),
        recorded.run('cancelOrder', rig.keyFor('cancelOrder', 0)),
      ]);
      const { ok, rejected } = outcomes;
      expect(ends.map(({ outcome }) => outcome)).toEqual([ok, rejected, ok, ok]);
      expect(ends[1]?.reason).toContain('notFound');
      expect(recorded.session.batches?.()).toMatchObject({ messages: 4, requests: 1 });
    });
  });
}
