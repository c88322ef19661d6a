import { describe, expect, it } from 'vitest';
import { type EvidenceKind, type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import { serviceAccount } from './service-account.ts';

function record(kind: EvidenceKind, sequence: number, atUs: number): EvidenceRecord {
  return {
    kind,
    sequence,
    atUs,
    producer: 0,
    checksum: 0,
    keyHash: 0,
    redelivered: false,
    changed: true,
    part: 0,
    step: 0,
  };
}

describe('the account of the service', () => {
  it('counts from the intended start to the first effect, for the operations of the phase alone', () => {
    const { received, applied } = evidenceKinds;
    const account = serviceAccount({
      evidence: [
        record(applied, 9, 1_010_000), // warm-up
        record(received, 10, 1_010_100),
        record(applied, 10, 1_010_500),
        record(applied, 10, 1_090_000), // a second time
        record(applied, 11, 1_011_700),
        record(applied, 12, 1_012_100), // after the phase
      ],
      startUs: 1_000_000,
      gapUs: 1_000,
      from: 10,
      to: 12,
    });
    expect([account.count, account.minUs, account.maxUs]).toEqual([2, 500, 700]);
  });
});
