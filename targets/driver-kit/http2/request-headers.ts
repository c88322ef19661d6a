/**
 * Header blocks of requests, as HPACK. What never changes in an operation enters the connection's table with its first
 * request and takes a byte from then on; what changes with the call is sent as it is. Blocks are kept until the table
 * moves.
 */
import { staticTable } from './hpack-tables.ts';

export type HeaderField = readonly [name: string, value: string];

const defaultTableBytes = 4_096;
const entryOverheadBytes = 32;
const staticNames = new Map<string, number>();
const staticFields = new Map<string, number>();
for (const [n, [name, value]] of staticTable.entries()) {
  if (!staticNames.has(name)) staticNames.set(name, n + 1);
  staticFields.set(fieldKey([name, value]), n + 1);
}

/** The state of one connection, shared by all its operations. */
export class RequestHeaders {
  readonly #operations: readonly (readonly HeaderField[])[];
  readonly #blocks: { bytes: Buffer; insertions: number }[];
  /** By field: as how manieth it was inserted. */
  readonly #inserted = new Map<string, number>();
  #insertions = 0;
  #tableBytes = 0;
  #tableLimitBytes = defaultTableBytes;
  #mustResize = false;

  /** The constant fields of each operation, in the order in which they are sent. */
  constructor(operations: readonly (readonly HeaderField[])[]) {
    this.#operations = operations;
    this.#blocks = operations.map(() => ({ bytes: Buffer.alloc(0), insertions: -1 }));
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. */
  limitTable(bytes: number): void {
    const limit = Math.min(bytes, defaultTableBytes);
    if (limit === this.#tableLimitBytes) return;
    this.#tableLimitBytes = limit;
    // Starting over spares all thought of what the peer has evicted.
    this.#inserted.clear();
    this.#tableBytes = 0;
    this.#mustResize = true;
    for (const block of this.#blocks) block.insertions = -1;
  }

  /** The constant part of the operation's block. It must be sent, and before any other one. */
  block(operation: number): Buffer {
    const kept = this.#blocks[operation];
    if (kept === undefined) throw new RangeError(`there is no operation ${operation}`);
    if (kept.insertions !== this.#insertions) this.#build(operation, kept);
    const { bytes } = kept;
    return bytes;
  }

  #build(operation: number, kept: { bytes: Buffer; insertions: number }): void {
    const before = this.#insertions;
    const resized = this.#mustResize;
    const octets: number[] = [];
    if (this.#mustResize) {
      this.#mustResize = false;
      pushInteger(octets, 0x20, 0x1f, 0);
      pushInteger(octets, 0x20, 0x1f, this.#tableLimitBytes);
    }
    for (const field of this.#operations[operation] ?? []) this.#push(octets, field);
    kept.bytes = Buffer.from(octets);
    // A block that inserts may not be sent again.
    kept.insertions = this.#insertions === before && !resized ? before : -1;
  }

  #push(octets: number[], field: HeaderField): void {
    const key = fieldKey(field);
    const inserted = this.#inserted.get(key);
    const index = inserted === undefined ? staticFields.get(key) : staticTable.length + 1 + this.#insertions - inserted;
    if (index !== undefined) {
      pushInteger(octets, 0x80, 0x7f, index);
      return;
    }
    const bytes = Buffer.byteLength(field[0]) + Buffer.byteLength(field[1]) + entryOverheadBytes;
    if (this.#tableBytes + bytes > this.#tableLimitBytes) {
      pushLiteral(octets, 0x00, 0x0f, field);
      return;
    }
    this.#tableBytes += bytes;
    this.#inserted.set(key, ++this.#insertions);
    pushLiteral(octets, 0x40, 0x3f, field);
  }
}

/** The beginning of a literal field that enters no table: all but the value, before which its length is to be written. */
export function literalName(name: string): Buffer {
  const octets: number[] = [];
  pushName(octets, 0x00, 0x0f, name);
  return Buffer.from(octets);
}

/** A whole field that enters no table. */
export function literalField(field: HeaderField): Buffer {
  const octets: number[] = [];
  pushLiteral(octets, 0x00, 0x0f, field);
  return Buffer.from(octets);
}

/** Octets of an HPACK integer with a prefix of seven bits. */
export function lengthOctets(value: number): number {
  if (value < 0x7f) return 1;
  let octets = 2;
  for (let rest = value - 0x7f; rest >= 0x80; rest >>>= 7) octets++;
  return octets;
}

/** Returns the offset behind the integer. */
export function writeLength(buffer: Buffer, at: number, value: number): number {
  if (value < 0x7f) {
    buffer[at] = value;
    return at + 1;
  }
  buffer[at++] = 0x7f;
  let rest = value - 0x7f;
  for (; rest >= 0x80; rest >>>= 7) buffer[at++] = (rest & 0x7f) | 0x80;
  buffer[at++] = rest;
  return at;
}

function fieldKey([name, value]: HeaderField): string {
  return `${name}\n${value}`;
}

function pushLiteral(octets: number[], flags: number, mask: number, [name, value]: HeaderField): void {
  pushName(octets, flags, mask, name);
  pushString(octets, value);
}

function pushName(octets: number[], flags: number, mask: number, name: string): void {
  const index = staticNames.get(name) ?? 0;
  pushInteger(octets, flags, mask, index);
  if (index === 0) pushString(octets, name);
}

function pushString(octets: number[], text: string): void {
  const bytes = Buffer.from(text);
  pushInteger(octets, 0, 0x7f, bytes.length);
  octets.push(...bytes);
}

function pushInteger(octets: number[], flags: number, mask: number, value: number): void {
  if (value < mask) {
    octets.push(flags | value);
    return;
  }
  octets.push(flags | mask);
  let rest = value - mask;
  for (; rest >= 0x80; rest >>>= 7) octets.push((rest & 0x7f) | 0x80);
  octets.push(rest);
}
