/** What a store in memory leaves behind: whose effects it held when it went. Producer and sequence, u32 little endian. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { DistinctOperations } from './distinct-operations.ts';

const recordBytes = 8;

export function writeHeld(path: string, operations: DistinctOperations): void {
  const bytes = Buffer.alloc(operations.count * recordBytes);
  let at = 0;
  for (const { producer, sequence } of operations) {
    bytes.writeUInt32LE(producer, at);
    bytes.writeUInt32LE(sequence, at + 4);
    at += recordBytes;
  }
  writeFileSync(path, bytes);
}

export function addHeld(path: string, operations: DistinctOperations): void {
  const bytes = readFileSync(path);
  for (let at = 0; at < bytes.length; at += recordBytes) {
    operations.add({ producer: bytes.readUInt32LE(at), sequence: bytes.readUInt32LE(at + 4) });
  }
}
