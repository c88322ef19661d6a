/**
 * What a service received and applied, appended to a file before it answers: killing the service does not kill the
 * evidence (written data stays in the page cache of the host). Fixed records, little endian, 32 bytes:
 * producer u32, sequence u32, monotonic time in µs f64, payload CRC-32 u32, key CRC-32 u32, kind u8,
 * flags u8 (see evidenceFlags), part u8 (which process of the trial, by its place in the topology), step u8
 * (of a flow, from 1; of a log the partition, from 1; 0: none), padding. One file a process.
 */
import { closeSync, existsSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { parseOperationId } from './operation-id.ts';

/**
 * `started`: it has a place to be worked at. `refused`: a broker's message that was not done, and nobody was told; the code
 * of where it went (see refusalCodes) stands in place of the step. `step`: part of a flow is
 * done. `died`: the service ended itself with this operation at a failpoint, whose code stands in place of the step.
 * `settled`: nothing of a service; our observer of an own system saw the event that settles the flow. `logged`: a change
 * leaves for the service's log, in this order, and the number of what leaves together stands in place of the step; the log
 * has it for certain once it is `applied`.
 */
export const evidenceKinds = {
  received: 1,
  applied: 2,
  refused: 3,
  step: 4,
  started: 5,
  died: 6,
  settled: 7,
  logged: 8,
} as const;
export type EvidenceKind = (typeof evidenceKinds)[keyof typeof evidenceKinds];

/**
 * `requeued`: it will come again. `retried`: likewise, by a topic of its own. `held`: likewise, and until it is done nothing
 * behind it is begun.
 */
export const refusalCodes = { requeued: 1, deadLettered: 2, dropped: 3, retried: 4, held: 5 } as const;
export type RefusalCode = (typeof refusalCodes)[keyof typeof refusalCodes];

/** What was refused so is put aside, or gone: it does not come again. */
export function isFinalRefusal(code: number): boolean {
  return code === refusalCodes.deadLettered || code === refusalCodes.dropped;
}

/** `redelivered`: the broker said so. `unchanged`: done, and it left the state as it was, like a second cancellation. */
export const evidenceFlags = { redelivered: 1, unchanged: 2 } as const;

const recordBytes = 32;
const mostHeld = 4;

export class EvidenceWriter {
  readonly #descriptor: number;
  #isClosed = false;
  readonly #records = Buffer.alloc(recordBytes * mostHeld);
  /** Records that leave with the next one. */
  #held = 0;

  /** `part`: below 256. */
  constructor(path: string, part = 0) {
    this.#descriptor = openSync(path, 'a');
    for (let n = 0; n < mostHeld; n++) this.#records[n * recordBytes + 26] = part;
  }

  /** Appends one record, none after `close`. An id that is not ours (another engine's warm-up call, say) leaves none. */
  append(kind: EvidenceKind, requestId: string, checksum: number, key: string, flags = 0, step = 0): void {
    this.hold(kind, requestId, checksum, key, flags, step);
    this.flush();
  }

  /** As `append`, but may wait for `flush`, which must come before anybody is answered: one write costs less than two. */
  hold(kind: EvidenceKind, requestId: string, checksum: number, key: string, flags = 0, step = 0): void {
    const id = parseOperationId(requestId);
    if (id === null || this.#isClosed) return;
    if (this.#held === mostHeld) this.flush();
    const records = this.#records;
    const at = this.#held++ * recordBytes;
    records.writeUInt32LE(id.producer, at);
    records.writeUInt32LE(id.sequence, at + 4);
    records.writeDoubleLE(monotonicNowUs(), at + 8);
    records.writeUInt32LE(checksum, at + 16);
    records.writeUInt32LE(crc32(key), at + 20);
    records[at + 24] = kind;
    records[at + 25] = flags;
    records[at + 27] = step;
  }

  flush(): void {
    if (this.#held === 0 || this.#isClosed) return;
    writeSync(this.#descriptor, this.#records, 0, this.#held * recordBytes);
    this.#held = 0;
  }

  close(): void {
    this.flush();
    this.#isClosed = true;
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
  /** The broker had sent it before. */
  readonly redelivered: boolean;
  /** Its effect is in the state: false for what was done and changed nothing. */
  readonly changed: boolean;
  readonly part: number;
  readonly step: number;
}

const readBytes = recordBytes * 32_768;

/** A process has its file from its start on. null: one is missing, so that nobody can say what did not happen. */
export function wholeEvidence(paths: readonly string[] | null): readonly string[] | null {
  return paths?.every((path) => existsSync(path)) ? paths : null;
}

/** Of `names`, in the order of their files, those whose file is missing. */
export function withoutEvidence(paths: readonly string[] | null, names: readonly string[]): string[] {
  return (paths ?? []).flatMap((path, n) => (existsSync(path) ? [] : [names[n] ?? path]));
}

/** Reads the evidence files of a trial as they grow. */
export class EvidenceReader {
  readonly #files: readonly EvidenceFile[];

  constructor(...paths: readonly string[]) {
    this.#files = paths.map((path) => new EvidenceFile(path));
  }

  /**
   * The records written since the last call, of each file in the order of writing and merged by time: all processes of
   * a host share the monotonic clock. Once nobody writes any more, a first call gives all records in their order.
   */
  *more(): Generator<EvidenceRecord> {
    const [first, ...others] = this.#files;
    if (first === undefined) return;
    if (others.length === 0) yield* first.more();
    else yield* mergedByTime(this.#files.map((file) => file.more()));
  }
}

function* mergedByTime(sources: readonly Generator<EvidenceRecord>[]): Generator<EvidenceRecord> {
  const heads = sources.map((source) => source.next().value as EvidenceRecord | undefined);
  try {
    for (;;) {
      let earliest = -1;
      let record: EvidenceRecord | undefined;
      for (const [index, head] of heads.entries()) {
        if (head !== undefined && (record === undefined || head.atUs < record.atUs)) {
          earliest = index;
          record = head;
        }
      }
      if (record === undefined) return;
      yield record;
      heads[earliest] = sources[earliest]?.next().value as EvidenceRecord | undefined;
    }
  } finally {
    for (const source of sources) source.return(undefined);
  }
}

class EvidenceFile {
  readonly #path: string;
  #offset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** The whole records since the last call; a torn last one (its writer was killed) waits. */
  *more(): Generator<EvidenceRecord> {
    let descriptor: number;
    try {
      descriptor = openSync(this.#path, 'r');
    } catch {
      return; // nothing was ever written
    }
    try {
      const chunk = Buffer.allocUnsafe(readBytes);
      for (;;) {
        const read = readSync(descriptor, chunk, 0, readBytes, this.#offset);
        const whole = read - (read % recordBytes);
        if (whole === 0) return;
        this.#offset += whole;
        for (let at = 0; at < whole; at += recordBytes) yield recordAt(chunk, at);
      }
    } finally {
      closeSync(descriptor);
    }
  }
}

function recordAt(bytes: Buffer, at: number): EvidenceRecord {
  const flags = bytes[at + 25] as number;
  return {
    producer: bytes.readUInt32LE(at),
    sequence: bytes.readUInt32LE(at + 4),
    atUs: bytes.readDoubleLE(at + 8),
    checksum: bytes.readUInt32LE(at + 16),
    keyHash: bytes.readUInt32LE(at + 20),
    kind: bytes[at + 24] as EvidenceKind,
    redelivered: (flags & evidenceFlags.redelivered) !== 0,
    changed: (flags & evidenceFlags.unchanged) === 0,
    part: bytes[at + 26] as number,
    step: bytes[at + 27] as number,
  };
}
