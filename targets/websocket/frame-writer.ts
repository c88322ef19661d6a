/** Masked client frames (RFC 6455 §5), written one behind the other so that a batch leaves in one write. */
import { randomFillSync } from 'node:crypto';

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** RSV1, beside the opcode: the message is packed (RFC 7692 §6). */
export const packedBit = 0x40;
const finBit = 0x80;
const maskBit = 0x80;
const maskBytes = 4;
const keys = new Uint32Array(1024);
let nextKey = keys.length;

/** Masks must not be predictable (RFC 6455 §5.3); they are drawn in bulk because one draw costs more than a frame. */
function drawKey(): number {
  if (nextKey === keys.length) {
    randomFillSync(keys);
    nextKey = 0;
  }
  return keys[nextKey++] as number;
}

export function frameHeaderBytes(payloadBytes: number): number {
  return (payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10) + maskBytes;
}

/** Memory that frames are written to: the same in bytes and in words, so that masking takes four bytes a step. */
export interface FrameMemory {
  readonly bytes: Buffer;
  readonly words: Int32Array;
}

export function createFrameMemory(size: number): FrameMemory {
  const memory = new ArrayBuffer(Math.ceil(size / 4) * 4);
  return { bytes: Buffer.from(memory), words: new Int32Array(memory) };
}

/**
 * Writes the header of a frame at `at`; its payload is to be written behind it, in clear, and then masked with
 * `maskPayload` and the key that this returns.
 */
export function writeFrameHeader(bytes: Buffer, at: number, opcode: number, payloadBytes: number): number {
  let offset = at;
  bytes[offset++] = finBit | opcode;
  if (payloadBytes < 126) bytes[offset++] = maskBit | payloadBytes;
  else if (payloadBytes < 65_536) {
    bytes[offset++] = maskBit | 126;
    offset = bytes.writeUInt16BE(payloadBytes, offset);
  } else {
    bytes[offset++] = maskBit | 127;
    offset = bytes.writeUInt32BE(0, offset);
    offset = bytes.writeUInt32BE(payloadBytes, offset);
  }
  const key = drawKey();
  bytes.writeUInt32BE(key, offset);
  return key;
}

/** In place; `key` as written in the header, its first byte on top. */
export function maskPayload({ bytes, words }: FrameMemory, start: number, end: number, key: number): void {
  let at = start;
  let shift = 24;
  for (; at < end && (at & 3) !== 0; at++) {
    bytes[at] = (bytes[at] as number) ^ ((key >>> shift) & 0xff);
    shift = shift === 0 ? 24 : shift - 8;
  }
  const wordKey = wordOf(key, shift);
  const lastWord = end >>> 2;
  for (let word = at >>> 2; word < lastWord; word++) words[word] = (words[word] as number) ^ wordKey;
  // Whole words leave the turn of the key's bytes as it was.
  for (at = Math.max(at, lastWord << 2); at < end; at++) {
    bytes[at] = (bytes[at] as number) ^ ((key >>> shift) & 0xff);
    shift = shift === 0 ? 24 : shift - 8;
  }
}

const turned = new Uint8Array(4);
const turnedWord = new Int32Array(turned.buffer);

/** The key as a word of this machine's byte order, when its byte at `shift` is the next to be used. */
function wordOf(key: number, shift: number): number {
  for (let i = 0; i < 4; i++) turned[i] = (key >>> ((shift - 8 * i + 32) & 31)) & 0xff;
  return turnedWord[0] as number;
}
