/**
 * What a service received and applied, appended to a file before it answers: killing the service does not kill the
 * evidence (written data stays in the page cache of the host). Fixed records, little endian, 32 bytes:
 * producer u32, sequence u32, monotonic time in µs f64, payload CRC-32 u32, key CRC-32 u32, kind u8, padding.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { parseOperationId } from './operation-id.ts';

export const evidenceKinds = { received: 1, applied: 2 } as const;
export type EvidenceKind = (typeof evidenceKinds)[keyof typeof evidenceKinds];

const recordBytes = 32;

export class EvidenceWriter {
  readonly #descriptor: number;
  readonly #record = Buffer.alloc(recordBytes);

  constructor(path: string) {
    this.#descriptor = openSync(path, 'a');
  }

  /** Appends one record. An id that is not ours (another engine's warm-up call, say) leaves none. */
  append(kind: EvidenceKind, requestId: string, checksum: number, key: string): void {
    const id = parseOperationId(requestId);
    if (id === null) return;
    const record = this.#record;
    record.writeUInt32LE(id.producer, 0);
    record.writeUInt32LE(id.sequence, 4);
    record.writeDoubleLE(monotonicNowUs(), 8);
    record.writeUInt32LE(checksum, 16);
    record.writeUInt32LE(crc32(key), 20);
    record[24] = kind;
    writeSync(this.#descriptor, record);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

export interface EvidenceRecord {
  readonly kind: EvidenceKind;
  readonly producer: number;
  readonly sequence: number;
  readonly atUs: number;
  readonly checksum: number;
  readonly keyHash: number;
}

/** All whole records in the order of writing; a torn last record (the writer was killed) is left out. */
export function* readEvidence(path: string): Generator<EvidenceRecord> {
  const bytes = readFileSync(path);
  for (let at = 0; at + recordBytes <= bytes.length; at += recordBytes) {
    yield {
      producer: bytes.readUInt32LE(at),
      sequence: bytes.readUInt32LE(at + 4),
      atUs: bytes.readDoubleLE(at + 8),
      checksum: bytes.readUInt32LE(at + 16),
      keyHash: bytes.readUInt32LE(at + 20),
      kind: bytes[at + 24] as EvidenceKind,
    };
  }
}
