/** What every protocol's compression must keep to, shown on the real reference service (and broker). */
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bodiesSince, ratioOf } from '../../result/body-bytes.ts';
import { EvidenceReader, evidenceKinds } from '../domain/evidence.ts';
import { outcomes } from '../driver.ts';
import { ContractRig, type ContractSubject } from './contract-rig.ts';

/** 3 KiB that compress well, with what must be escaped in JSON among them. */
const body = Buffer.from('wirebench-filler "–" \n'.repeat(125));
/** Too small to be packed, with all that is around it in any protocol. */
const smallBody = Buffer.from('small "order" –');
/** Between the two. */
export const minBytes = 1_024;
const orders = 100;
const nothing = { plainBytesUp: 0, wireBytesUp: 0, plainBytesDown: 0, wireBytesDown: 0 };

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

/** `setup`: with a target that compresses from `minBytes` on. */
export function describeLargeOrdersCompressed(name: string, setup: () => Promise<ContractSubject>): void {
  describe(name, () => {
    const rig = new ContractRig(setup);
    beforeAll(() => rig.begin(), 60_000);
    afterEach(() => rig.endTest());
    afterAll(() => rig.end());

    it('leaves small orders and their answers as they are, packs large ones, and brings all of them intact', async () => {
      const bodies = [smallBody, body];
      const { recorded, evidencePath } = await rig.open('request-reply', {}, ...bodies);
      const counted = () => recorded.session.bodyBytes?.() ?? expect.fail('nothing is counted');
      const place = (payloads: readonly number[]) =>
        Promise.all(payloads.map((payload) => recorded.run('placeOrder', { payload })));
      const before = counted();
      const small = await place(Array.from({ length: orders }, () => 0));
      expect(bodiesSince(before, counted())).toEqual(nothing);
      const mixedBodies = Array.from({ length: orders }, (_, n) => n % bodies.length);
      const mixed = await place(mixedBodies);
      const attempts = [...small, ...mixed];
      expect(attempts.filter(({ outcome }) => outcome !== outcomes.ok)).toEqual([]);
      const applied = [...new EvidenceReader(evidencePath).more()].filter(({ kind }) => kind === evidenceKinds.applied);
      expect(applied).toHaveLength(attempts.length);
      const checksums = new Map(applied.map(({ sequence, checksum }) => [sequence, checksum]));
      expect(attempts.map(({ sequence }) => checksums.get(sequence))).toEqual(
        [...small.map(() => smallBody), ...mixedBodies.map((n) => bodies[n] as Buffer)].map((one) => crc32(one)),
      );
      const { plainBytesUp, wireBytesUp, plainBytesDown, wireBytesDown } = bodiesSince(before, counted());
      const largeBytes = (body.length * orders) / bodies.length;
      expect(plainBytesUp).toBeGreaterThanOrEqual(largeBytes);
      expect(ratioOf(plainBytesUp, wireBytesUp)).toBeGreaterThan(4);
      expect(plainBytesDown).toBeGreaterThanOrEqual(largeBytes);
      expect(ratioOf(plainBytesDown, wireBytesDown)).toBeGreaterThan(4);
    }, 20_000);
  });
}
