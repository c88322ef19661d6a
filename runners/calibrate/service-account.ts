/**
 * When the service was done with each operation, by its own evidence: intended start → effect, on the one clock that all
 * processes of a host share. The generator's records have to agree with it, whatever the service and the machine did.
 */
import { LatencyCounts } from '../../result/latency-counts.ts';
import { type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';

export interface AccountInput {
  readonly evidence: Iterable<EvidenceRecord>;
  /** Monotonic µs of the first intended start. */
  readonly startUs: number;
  /** Between two intended starts. */
  readonly gapUs: number;
  /** The operations of the phase by number: `from` … `to` − 1. Numbers are those of the arrivals only if none was dropped. */
  readonly from: number;
  readonly to: number;
}

/** The first effect of each operation counts. One that left none is missing here, and thus in `count`. */
export function serviceAccount({ evidence, startUs, gapUs, from, to }: AccountInput): LatencyCounts {
  const account = new LatencyCounts();
  const seen = new Set<number>();
  for (const { kind, sequence, atUs } of evidence) {
    if (kind !== evidenceKinds.applied || sequence < from || sequence >= to || seen.has(sequence)) continue;
    seen.add(sequence);
    account.record(atUs - (startUs + sequence * gapUs));
  }
  return account;
}
