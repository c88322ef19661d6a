/** What every codec of a payload must keep to, shown on the real reference service (and broker). */
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { handOverNames, operationNamed, operationNames } from '../../scenarios/operations.ts';
import { EvidenceReader, evidenceKinds } from '../domain/evidence.ts';
import { outcomes } from '../driver.ts';
import { until } from '../process/until.ts';
import { ContractRig, type ContractSubject, contractPayload } from './contract-rig.ts';

/** `setup`: with a target that has a codec. */
export function describeEncodedOrders(name: string, setup: () => Promise<ContractSubject>): void {
  describe(name, () => {
    const rig = new ContractRig(setup);
    beforeAll(() => rig.begin(), 60_000);
    afterEach(() => rig.endTest());
    afterAll(() => rig.end());

    it.each([
      ['request-reply', operationNames],
      ['one-way', handOverNames],
    ] as const)(
      'brings each %s operation once and intact',
      async (pattern, operations) => {
        const { recorded, evidencePath } = await rig.open(pattern);
        const runs = operations.flatMap((operation) =>
          [0, 1, 2].map((n) => ({ operation, use: rig.keyFor(operation, n) })),
        );
        const attempts = await Promise.all(runs.map(({ operation, use }) => recorded.run(operation, use)));
        expect(attempts.filter(({ outcome }) => outcome !== outcomes.ok)).toEqual([]);
        const applied = () =>
          [...new EvidenceReader(evidencePath).more()].filter(({ kind }) => kind === evidenceKinds.applied);
        await until('all are applied', () => applied().length >= attempts.length);
        const checksums = new Map(applied().map(({ sequence, checksum }) => [sequence, checksum]));
        expect(attempts.map(({ sequence }) => checksums.get(sequence))).toEqual(
          runs.map(({ operation }) => crc32(operationNamed(operation)?.carriesPayload ? contractPayload : '')),
        );
      },
      20_000,
    );

    it('tells a refusal', async () => {
      const { recorded } = await rig.open('request-reply');
      const { outcome, retryable } = await recorded.run('getOrder', { key: 'order-that-is-not-there' });
      expect({ outcome, retryable }).toEqual({ outcome: outcomes.rejected, retryable: false });
    });
  });
}
