/**
 * When each subscriber of a process had each publication: 4 bytes a pair, in rows of one publication each, in the order in
 * which the first of these subscribers had them.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { parseOperationId } from '../../targets/domain/operation-id.ts';

const rowsPerChunk = 512;
/** The largest time that fits, less one: 0 stands for never. */
const latestUs = 2 ** 32 - 2;
/** In the file, before the times of a row: producer and sequence. */
const headWords = 2;

export class DeliveryTable {
  readonly #prefix: string;
  readonly #subscribers: number;
  readonly #originUs: number;
  readonly #rows = new RowNumbers();
  /** Producer and sequence of each row. */
  readonly #heads: number[] = [];
  readonly #chunks: Uint32Array[] = [];
  received = 0;
  lastUs = 0;
  twice = 0;
  foreign = 0;
  /** Without an id. */
  unreadable = 0;

  /** `subscribers`: how many; `originUs`: times count from here. */
  constructor(trialTag: string, subscribers: number, originUs: number) {
    this.#prefix = `${trialTag}-`;
    this.#subscribers = subscribers;
    this.#originUs = originUs;
  }

  /** `place`: which of these subscribers, from 0; `id`: '' where the event held none. */
  add(place: number, id: string, nowUs: number): void {
    if (id === '') {
      this.unreadable++;
      return;
    }
    const operation = id.startsWith(this.#prefix) ? parseOperationId(id) : null;
    if (operation === null) {
      this.foreign++;
      return;
    }
    const row = this.#row(operation.producer, operation.sequence);
    const times = this.#chunks[Math.floor(row / rowsPerChunk)] as Uint32Array;
    const at = (row % rowsPerChunk) * this.#subscribers + place;
    if (times[at] !== 0) {
      this.twice++;
      return;
    }
    times[at] = 1 + Math.min(latestUs, Math.max(0, Math.round(nowUs - this.#originUs)));
    this.received++;
    this.lastUs = nowUs;
  }

  /** One publication after the other. */
  writeTo(path: string): void {
    const file = openSync(path, 'w');
    const words = headWords + this.#subscribers;
    try {
      this.#chunks.forEach((times, chunk) => {
        const heads = this.#heads.slice(chunk * rowsPerChunk * headWords, (chunk + 1) * rowsPerChunk * headWords);
        const count = heads.length / headWords;
        const rows = new Uint32Array(count * words);
        for (let n = 0; n < count; n++) {
          rows.set(heads.slice(n * headWords, (n + 1) * headWords), n * words);
          rows.set(times.subarray(n * this.#subscribers, (n + 1) * this.#subscribers), n * words + headWords);
        }
        writeSync(file, rows);
      });
    } finally {
      closeSync(file);
    }
  }

  #row(producer: number, sequence: number): number {
    const known = this.#rows.of(producer, sequence);
    if (known !== null) return known;
    const row = this.#heads.length / headWords;
    this.#heads.push(producer, sequence);
    if (row % rowsPerChunk === 0) this.#chunks.push(new Uint32Array(rowsPerChunk * this.#subscribers));
    this.#rows.set(producer, sequence, row);
    return row;
  }
}

/** Which row a publication has; 4 bytes a publication. */
class RowNumbers {
  /** By producer: sequence → row + 1; 0: it has none. */
  readonly #rows: Uint32Array[] = [];

  /** null: none. */
  of(producer: number, sequence: number): number | null {
    const row = this.#rows[producer]?.[sequence] ?? 0;
    return row === 0 ? null : row - 1;
  }

  set(producer: number, sequence: number, row: number): void {
    let rows = this.#rows[producer];
    if (rows === undefined || sequence >= rows.length) {
      const grown = new Uint32Array(Math.max(1024, (sequence + 1) * 2));
      if (rows !== undefined) grown.set(rows);
      rows = grown;
      this.#rows[producer] = grown;
    }
    rows[sequence] = row + 1;
  }
}

/** The deliveries of one process, read back. */
export class Deliveries {
  readonly #words: Uint32Array;
  readonly #wordsPerRow: number;
  readonly #rows = new RowNumbers();

  /** `subscribers`: how many the process has. */
  constructor(path: string, subscribers: number) {
    const bytes = readFileSync(path);
    // A small file may share its buffer with others, and begin anywhere in it.
    this.#words = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    this.#wordsPerRow = headWords + subscribers;
    for (let row = 0; row * this.#wordsPerRow < this.#words.length; row++) {
      const at = row * this.#wordsPerRow;
      this.#rows.set(this.#words[at] as number, this.#words[at + 1] as number, row);
    }
  }

  /** null: none of these subscribers had it. */
  row(producer: number, sequence: number): number | null {
    return this.#rows.of(producer, sequence);
  }

  /** µs after the origin; -1: never. `place`: which of the subscribers, from 0. */
  timeUs(row: number | null, place: number): number {
    if (row === null) return -1;
    return (this.#words[row * this.#wordsPerRow + headWords + place] as number) - 1;
  }
}
