/** An operation log read back, by sequence: from memory, or from its file with a few chunks of it at a time. */
import { closeSync, openSync, readSync } from 'node:fs';
import { chunkBytes, chunkOperations, LogChunk } from './log-chunk.ts';
import type { OperationLogData } from './operation-log.ts';

/** Evidence comes nearly in the order of the operations; what comes late goes back this far without reading again. */
const mostInMemory = 16;

export class LoggedOperations {
  readonly producer: number;
  readonly length: number;
  readonly #path: string | null;
  /** In the order of their last use. */
  readonly #chunks = new Map<number, LogChunk>();
  #current: LogChunk;
  #currentNumber = -1;

  constructor({ producer, length, chunks, path }: OperationLogData) {
    this.producer = producer;
    this.length = length;
    this.#path = path;
    chunks.forEach((bytes, number) => {
      this.#chunks.set(number, new LogChunk(bytes));
    });
    this.#current = this.#chunks.get(0) ?? new LogChunk(new Uint8Array(chunkBytes));
  }

  /** Sequences are below `length`. */
  intendedUs(sequence: number): number {
    return this.#chunkOf(sequence).intendedUs[sequence % chunkOperations] as number;
  }

  sentAfterUs(sequence: number): number {
    return this.#chunkOf(sequence).sentAfterUs[sequence % chunkOperations] as number;
  }

  acknowledgedAfterUs(sequence: number): number {
    return this.#chunkOf(sequence).acknowledgedAfterUs[sequence % chunkOperations] as number;
  }

  key(sequence: number): number {
    return this.#chunkOf(sequence).key[sequence % chunkOperations] as number;
  }

  operation(sequence: number): number {
    return this.#chunkOf(sequence).operation[sequence % chunkOperations] as number;
  }

  payload(sequence: number): number {
    return this.#chunkOf(sequence).payload[sequence % chunkOperations] as number;
  }

  #chunkOf(sequence: number): LogChunk {
    const number = Math.floor(sequence / chunkOperations);
    if (number !== this.#currentNumber) {
      this.#current = this.#path === null ? (this.#chunks.get(number) as LogChunk) : this.#fromFile(this.#path, number);
      this.#currentNumber = number;
    }
    return this.#current;
  }

  #fromFile(path: string, number: number): LogChunk {
    const known = this.#chunks.get(number);
    this.#chunks.delete(number);
    const chunk = known ?? readChunk(path, number);
    this.#chunks.set(number, chunk);
    if (this.#chunks.size > mostInMemory) this.#chunks.delete(this.#chunks.keys().next().value as number);
    return chunk;
  }
}

/** Of a log's file. */
export function readChunk(path: string, number: number): LogChunk {
  const chunk = new LogChunk();
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, chunk.bytes, 0, chunkBytes, number * chunkBytes);
  } finally {
    closeSync(descriptor);
  }
  return chunk;
}
