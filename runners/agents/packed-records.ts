/** What the workers of an agent recorded, ready to be fetched piece by piece; `fetchRecords` is the other end. */
import { createHash } from 'node:crypto';
import type { WorkerData } from '../load/worker-messages.ts';
import { chunkBytes, chunkOperations } from '../recording/log-chunk.ts';
import { readChunk } from '../recording/logged-operations.ts';
import type { OperationLogData } from '../recording/operation-log.ts';
import { type FinishedWorker, type PullMessage, pieceBytes } from './agent-messages.ts';
import { packBytes, packRecords } from './records-codec.ts';

interface PackedWorker {
  readonly bytes: Buffer;
  readonly log: OperationLogData;
}

export class PackedRecords {
  readonly #packed: readonly PackedWorker[];

  constructor(data: readonly WorkerData[]) {
    this.#packed = data.map(({ log, ...rest }) => {
      return { bytes: packRecords({ ...rest, log: { ...log, chunks: [], path: null } }), log };
    });
  }

  workers(): FinishedWorker[] {
    return this.#packed.map(({ bytes, log }) => {
      const hash = createHash('sha256').update(bytes);
      const logChunks = chunksOf(log);
      for (let chunk = 0; chunk < logChunks; chunk++) hash.update(chunkOf(log, chunk));
      return { bytes: bytes.length, sha256: hash.digest('hex'), logChunks };
    });
  }

  /** Nothing, where there is no such piece. */
  pull({ worker, from = 0, chunk }: Omit<PullMessage, 'trial'>): Uint8Array {
    const packed = this.#packed[worker];
    if (packed === undefined) return new Uint8Array(0);
    return chunk === undefined ? packed.bytes.subarray(from, from + pieceBytes) : packBytes(chunkOf(packed.log, chunk));
  }
}

function chunksOf({ chunks, path, length }: OperationLogData): number {
  return path === null ? chunks.length : Math.ceil(length / chunkOperations);
}

function chunkOf({ chunks, path }: OperationLogData, chunk: number): Uint8Array {
  if (path === null) return chunks[chunk] ?? new Uint8Array(chunkBytes);
  return readChunk(path, chunk).bytes;
}
