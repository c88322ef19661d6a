/**
 * One line an operation of a worker, by dense sequence: what the ledger is reconciled from. 22 bytes each, in chunks; all
 * but the newest go to a file, so that a long load takes no more memory than a short one. A log that nobody reconciles
 * keeps none and only gives sequences.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { chunkBytes, chunkOperations, LogChunk } from './log-chunk.ts';

/** An operation is seldom in flight for as long as these last; a later word of it goes to the file. */
const keptChunks = 8;

/** As it travels. */
export interface OperationLogData {
  readonly producer: number;
  readonly length: number;
  /** All of them, or none when they are in the file. */
  readonly chunks: readonly Uint8Array[];
  /** null: nothing was written. */
  readonly path: string | null;
}

export type OnAcknowledged = (sequence: number, operation: number) => void;

export class OperationLog {
  readonly #producer: number;
  readonly #isKept: boolean;
  readonly #path: string | null;
  readonly #onAcknowledged: OnAcknowledged | null;
  #descriptor: number | null = null;
  /** By number; those before `#firstKept` are in the file. */
  readonly #chunks: (LogChunk | undefined)[] = [];
  #firstKept = 0;
  /** Of those in the file the one that was looked at last. */
  #late: { readonly number: number; readonly chunk: LogChunk } | null = null;
  #length = 0;
  #acknowledged = 0;

  /**
   * `path`: of a file to be made once it is needed; null: all stays in memory. `onAcknowledged`: called once for each
   * operation that is; null: nobody wants to know.
   */
  constructor(
    producer: number,
    isKept: boolean,
    path: string | null = null,
    onAcknowledged: OnAcknowledged | null = null,
  ) {
    this.#producer = producer;
    this.#isKept = isKept;
    this.#path = path;
    this.#onAcknowledged = onAcknowledged;
  }

  get length(): number {
    return this.#length;
  }

  /** Returns the sequence. */
  append(intendedUs: number, operation: number, key: number, payload: number): number {
    const sequence = this.#length++;
    if (!this.#isKept) return sequence;
    const index = sequence % chunkOperations;
    if (index === 0) this.#begin();
    (this.#chunks.at(-1) as LogChunk).set(index, intendedUs, operation, key, payload);
    return sequence;
  }

  /** Keeps the first. */
  sent(sequence: number, nowUs: number): void {
    if (!this.#isKept) return;
    const chunk = this.#chunkOf(sequence);
    const index = sequence % chunkOperations;
    if (!Number.isNaN(chunk.sentAfterUs[index])) return;
    chunk.sentAfterUs[index] = nowUs - (chunk.intendedUs[index] as number);
    this.#changed(sequence, chunk.sentAfterUs);
  }

  acknowledged(sequence: number, nowUs: number): void {
    if (!this.#isKept) return;
    const chunk = this.#chunkOf(sequence);
    const index = sequence % chunkOperations;
    if (!Number.isNaN(chunk.acknowledgedAfterUs[index])) return;
    chunk.acknowledgedAfterUs[index] = nowUs - (chunk.intendedUs[index] as number);
    this.#acknowledged++;
    this.#changed(sequence, chunk.acknowledgedAfterUs);
    this.#onAcknowledged?.(sequence, chunk.operation[index] as number);
  }

  /** Whoever took it has said no in the end: the acknowledgement of a broker on the way promises nothing any more. */
  refused(sequence: number): void {
    if (!this.#isKept) return;
    const chunk = this.#chunkOf(sequence);
    const index = sequence % chunkOperations;
    if (Number.isNaN(chunk.acknowledgedAfterUs[index])) return;
    chunk.acknowledgedAfterUs[index] = Number.NaN;
    this.#acknowledged--;
    this.#changed(sequence, chunk.acknowledgedAfterUs);
  }

  /** 0 when nothing is kept. */
  countAcknowledged(): number {
    return this.#acknowledged;
  }

  /** Ends the log: what has a file is whole in it. */
  toData(): OperationLogData {
    const length = this.#isKept ? this.#length : 0;
    const kept = this.#chunks.slice(this.#firstKept).flatMap((chunk) => chunk ?? []);
    if (this.#descriptor === null) {
      return { producer: this.#producer, length, chunks: kept.map(({ bytes }) => bytes), path: null };
    }
    kept.forEach((chunk, n) => {
      this.#write(this.#firstKept + n, chunk);
    });
    closeSync(this.#descriptor);
    return { producer: this.#producer, length, chunks: [], path: this.#path };
  }

  #begin(): void {
    this.#chunks.push(new LogChunk());
    if (this.#path === null || this.#chunks.length - this.#firstKept <= keptChunks) return;
    this.#descriptor ??= openSync(this.#path, 'w+');
    const oldest = this.#chunks[this.#firstKept] as LogChunk;
    this.#write(this.#firstKept, oldest);
    this.#chunks[this.#firstKept++] = undefined;
  }

  #write(number: number, { bytes }: LogChunk): void {
    writeSync(this.#descriptor as number, bytes, 0, chunkBytes, number * chunkBytes);
  }

  /** The kept one, or what the file has of it: late words come in the order of the operations, too. */
  #chunkOf(sequence: number): LogChunk {
    const number = Math.floor(sequence / chunkOperations);
    const kept = this.#chunks[number];
    if (kept !== undefined) return kept;
    if (this.#late?.number === number) return this.#late.chunk;
    const chunk = new LogChunk();
    readSync(this.#descriptor as number, chunk.bytes, 0, chunkBytes, number * chunkBytes);
    this.#late = { number, chunk };
    return chunk;
  }

  /** Of a chunk that is in the file, this cell is written there. */
  #changed(sequence: number, column: Float32Array): void {
    const number = Math.floor(sequence / chunkOperations);
    if (number >= this.#firstKept) return;
    const { BYTES_PER_ELEMENT: bytes, buffer, byteOffset } = column;
    const at = byteOffset + (sequence % chunkOperations) * bytes;
    const cell = new Uint8Array(buffer, at, bytes);
    writeSync(this.#descriptor as number, cell, 0, bytes, number * chunkBytes + at);
  }
}
