/** HTTP/2 frames, RFC 9113: their numbers, and a header written in place. */

export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const frameFlags = { ack: 0x1, endStream: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

export const settings = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
} as const;

export const errorCodes = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export const frameHeaderBytes = 9;
/** What both sides may send before anything else was agreed; we never ask for more. */
export const defaultFrameBytes = 16_384;
export const defaultWindowBytes = 65_535;
export const largestWindowBytes = 2 ** 31 - 1;
export const largestStreamId = 2 ** 31 - 1;
export const clientPreface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** The peer broke the protocol: the connection cannot go on. */
export class Http2Error extends Error {
  override readonly name = 'Http2Error';
}

/** Returns the offset behind the header. */
export function writeFrameHeader(
  buffer: Buffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): number {
  buffer[at] = length >>> 16;
  buffer[at + 1] = length >>> 8;
  buffer[at + 2] = length;
  buffer[at + 3] = type;
  buffer[at + 4] = flags;
  return writeUInt32(buffer, at + 5, streamId);
}

/** `Buffer.writeUInt32BE` without its checks, which cost more than the write. */
export function writeUInt32(buffer: Buffer, at: number, value: number): number {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
  return at + 4;
}

export function readUInt32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}

/** A whole frame, for what is sent rarely. */
export function frame(type: number, flags: number, streamId: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const bytes = Buffer.alloc(frameHeaderBytes + payload.length);
  writeFrameHeader(bytes, 0, payload.length, type, flags, streamId);
  bytes.set(payload, frameHeaderBytes);
  return bytes;
}

/** The payload of a SETTINGS frame. */
export function settingsPayload(values: readonly (readonly [setting: number, value: number])[]): Buffer {
  const bytes = Buffer.alloc(values.length * 6);
  for (const [n, [setting, value]] of values.entries()) {
    bytes.writeUInt16BE(setting, n * 6);
    bytes.writeUInt32BE(value, n * 6 + 2);
  }
  return bytes;
}

export function uint32Payload(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Where the payload of a frame with the padded flag ends; it begins an octet after `start`. */
export function unpaddedEnd(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) throw new Http2Error('padding without its length');
  const to = end - (bytes[start] as number);
  if (to <= start) throw new Http2Error('more padding than frame');
  return to;
}

/** Throws an Http2Error. */
export function expectSize(size: number, expected: number): void {
  if (size !== expected) throw new Http2Error(`a frame of ${size} instead of ${expected} bytes`);
}
