/** Request bodies, prepared before the load: exactly as many bytes as asked, JSON-safe ASCII, compressible as asked. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { readNamedFile } from '../../scenarios/named-file.ts';
import type { PayloadSpec } from '../../scenarios/scenario.ts';
import { largestPayloadBytes } from '../../scenarios/schema/workload-schema.ts';
import { hash32, randomStreams } from './seeded-random.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const chunkBytes = 16;
const poolSize = 64;
const poolBytes = 16 * 1024 * 1024;

/**
 * A pool of different bodies, the same for the same seed. `entropy` is the share of 16-byte chunks that are random over
 * 64 characters; the rest repeat one filler, so 0 compresses to nearly nothing and 1 to about three quarters.
 * Throws a BenchError (exit 2) for a file that cannot be read.
 */
export function createPayloadPool(spec: PayloadSpec, seed: number): Buffer[] {
  if (spec.file !== undefined) return [readSample(spec.file)];
  if (spec.template !== undefined) return [Buffer.from(spec.template)];
  const sizeBytes = spec.sizeBytes ?? 0;
  const count = sizeBytes === 0 ? 1 : Math.max(1, Math.min(poolSize, Math.floor(poolBytes / sizeBytes)));
  return Array.from({ length: count }, (_, n) =>
    randomBody(sizeBytes, spec.entropy ?? 1, hash32(seed, randomStreams.body, n)),
  );
}

function randomBody(sizeBytes: number, entropy: number, seed: number): Buffer {
  const body = Buffer.alloc(sizeBytes, 'wirebench-filler');
  for (let at = 0, chunk = 0; at < sizeBytes; at += chunkBytes, chunk++) {
    if (hash32(seed, 1, chunk) / 4294967296 >= entropy) continue;
    const end = Math.min(sizeBytes, at + chunkBytes);
    for (let i = at; i < end; i++) body[i] = alphabet.charCodeAt(hash32(seed, 2, i) & 63);
  }
  return body;
}

function readSample(path: string): Buffer {
  try {
    return readNamedFile(path, largestPayloadBytes);
  } catch (cause) {
    throw new BenchError('payloadFile', `The payload file ${path} cannot be read`, {
      hint: 'Check `payloads.*.file` in the scenario: the path is relative to the scenario file.',
      exitCode: exitCodes.usage,
      cause,
    });
  }
}
