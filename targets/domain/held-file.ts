/** What a store in memory leaves behind: whose effects it held when it went. Producer and sequence, u32 little endian. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { DistinctOperations } from './distinct-operations.ts';

const recordBytes = 8;

/** There is a file once all of it is written. Throws where it can't be. */
export function writeHeld(path: string, operations: DistinctOperations): void {
  const bytes = Buffer.alloc(operations.count * recordBytes);
  let at = 0;
  for (const { producer, sequence } of operations) {
    bytes.writeUInt32LE(producer, at);
    bytes.writeUInt32LE(sequence, at + 4);
    at += recordBytes;
  }
  writeFileSync(`${path}.part`, bytes);
  renameSync(`${path}.part`, path);
}

export function addHeld(path: string, operations: DistinctOperations): void {
  const bytes = readFileSync(path);
  for (let at = 0; at < bytes.length; at += recordBytes) {
    operations.add({ producer: bytes.readUInt32LE(at), sequence: bytes.readUInt32LE(at + 4) });
  }
}
