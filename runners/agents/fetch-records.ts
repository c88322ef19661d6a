/** Brings what the workers of an agent recorded here, piece by piece, and puts its times in our clock. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkerData } from '../load/worker-messages.ts';
import type { OperationLogData } from '../recording/operation-log.ts';
import type { FinishedMessage, FinishedWorker, PullMessage } from './agent-messages.ts';
import { chunkInOurTime, type OffsetAt, recordsInOurTime } from './in-our-time.ts';
import { damaged, readBytes, readRecords } from './records-codec.ts';

export interface RecordsSource {
  pull(message: Omit<PullMessage, 'trial'>): Promise<Uint8Array>;
  /** What the names of log files begin with; null: all stays in memory. */
  readonly logPath: string | null;
  readonly offsetAt: OffsetAt;
}

/** A longer log goes to a file, as that of a worker of this host does. */
const mostInMemory = 8;

/** Rejects with a BenchError (exit 5) for what came damaged, or as `pull` does. */
export async function fetchRecords({ workers }: FinishedMessage, source: RecordsSource): Promise<WorkerData[]> {
  const fetched: WorkerData[] = [];
  for (const [worker, about] of workers.entries()) fetched.push(await fetchWorker(worker, about, source));
  return fetched;
}

async function fetchWorker(worker: number, about: FinishedWorker, source: RecordsSource): Promise<WorkerData> {
  const hash = createHash('sha256');
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < about.bytes; from += pieces.at(-1)?.length ?? 0) {
    const piece = await source.pull({ worker, from });
    if (piece.length === 0) throw damaged('they end too soon');
    hash.update(piece);
    pieces.push(piece);
  }
  const data = readRecords<WorkerData>(Buffer.concat(pieces));
  const log = await fetchLog({ worker, about, log: data.log, hash }, source);
  if (hash.digest('hex') !== about.sha256) throw damaged('their checksum is another');
  return recordsInOurTime({ ...data, log }, source.offsetAt);
}

interface FetchedLog {
  readonly worker: number;
  readonly about: FinishedWorker;
  readonly log: OperationLogData;
  readonly hash: Hash;
}

async function fetchLog({ worker, about, log, hash }: FetchedLog, source: RecordsSource): Promise<OperationLogData> {
  const { producer, length } = log;
  const isLong = source.logPath !== null && about.logChunks > mostInMemory;
  const path = isLong ? join(`${source.logPath}-${producer}.operations`) : null;
  const descriptor = path === null ? null : openSync(path, 'w');
  const chunks: Uint8Array[] = [];
  try {
    for (let chunk = 0; chunk < about.logChunks; chunk++) {
      const bytes = readBytes(await source.pull({ worker, chunk }));
      hash.update(bytes);
      chunkInOurTime(bytes, source.offsetAt);
      if (descriptor === null) chunks.push(bytes);
      else writeSync(descriptor, bytes);
    }
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
  return { producer, length, chunks, path };
}
