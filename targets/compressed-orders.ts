/** What every protocol's compression must keep to, shown on the real reference service (and broker). */
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bodiesSince, ratioOf } from '../result/body-bytes.ts';
import { ContractRig, type ContractSubject } from './contract-rig.ts';
import { EvidenceReader, evidenceKinds } from './domain/evidence.ts';
import { outcomes } from './driver.ts';

/** 3 KiB that compress well, with what must be escaped in JSON among them. */
const body = Buffer.from('wirebench-filler "–" \n'.repeat(125));
const orders = 100;

/** `setup`: with a target that compresses. */
export function describeCompressedOrders(name: string, setup: () => Promise<ContractSubject>): void {
  describe(name, () => {
    const rig = new ContractRig(setup);
    beforeAll(() => rig.begin(), 60_000);
    afterEach(() => rig.endTest());
    afterAll(() => rig.end());

    it('brings every order once and intact, both ways smaller than it is', async () => {
      const { recorded, evidencePath } = await rig.open('request-reply', {}, body);
      const { session } = recorded;
      const counted = () => session.bodyBytes?.() ?? expect.fail('nothing is counted');
      const before = counted();
      const attempts = await Promise.all(Array.from({ length: orders }, () => recorded.run('placeOrder')));
      expect(attempts.filter(({ outcome }) => outcome !== outcomes.ok)).toEqual([]);
      // One that fits into nothing that could be compressed, and one whose answer does.
      const others = await Promise.all([
        recorded.run('listOrders'),
        recorded.run('getOrder', rig.keyFor('getOrder', 1)),
      ]);
      expect(others.map(({ reason }) => reason)).toEqual(['', '']);
      const applied = [...new EvidenceReader(evidencePath).more()].filter(({ kind }) => kind === evidenceKinds.applied);
      const placed = applied.filter(({ checksum }) => checksum === crc32(body));
      expect(placed.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual(attempts.map((one) => one.sequence));
      const { plainBytesUp, wireBytesUp, plainBytesDown, wireBytesDown } = bodiesSince(before, counted());
      expect(plainBytesUp).toBeGreaterThanOrEqual(body.length * orders);
      expect(ratioOf(plainBytesUp, wireBytesUp)).toBeGreaterThan(4);
      expect(plainBytesDown).toBeGreaterThan(body.length);
      expect(ratioOf(plainBytesDown, wireBytesDown)).toBeGreaterThan(1);
    }, 20_000);
  });
}
