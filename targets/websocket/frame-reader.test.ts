import { describe, expect, it } from 'vitest';
import { FrameReader, longestMessageBytes } from './frame-reader.ts';

/** Everything the listener was told, in order, and the problem, if any. */
function readFrames(pieces: readonly Buffer[]): string[] {
  const told: string[] = [];
  const reader = new FrameReader({
    message: (bytes, start, end) => told.push(`message ${bytes.toString('latin1', start, end)}`),
    ping: (payload) => told.push(`ping ${payload.toString('latin1')}`),
    peerCloses: (code) => told.push(`close ${code}`),
  });
  for (const piece of pieces) {
    // Behind the new bytes stand those of an earlier read, as in the shared read buffer.
    const problem = reader.read(Buffer.concat([piece, Buffer.from([0x81, 3, 111, 108, 100])]), 0, piece.length);
    if (problem !== '') return [...told, problem];
  }
  return told;
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

function frame(first: number, payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload);
  const header = Buffer.alloc(bytes.length < 126 ? 2 : bytes.length < 65_536 ? 4 : 10);
  header[0] = first;
  if (header.length === 2) header[1] = bytes.length;
  else if (header.length === 4) {
    header[1] = 126;
    header.writeUInt16BE(bytes.length, 2);
  } else {
    header[1] = 127;
    header.writeBigUInt64BE(BigInt(bytes.length), 2);
  }
  return Buffer.concat([header, bytes]);
}

const medium = 'm'.repeat(300);

/** The first ones are the examples of RFC 6455 §5.7. */
const wellFormed: Readonly<Record<string, readonly [Buffer, readonly string[]]>> = {
  'a text': [hex('81 05 48 65 6c 6c 6f'), ['message Hello']],
  'a text in two fragments': [hex('01 03 48 65 6c 80 02 6c 6f'), ['message Hello']],
  'a ping': [hex('89 05 48 65 6c 6c 6f'), ['ping Hello']],
  '256 bytes': [Buffer.concat([hex('82 7e 01 00'), Buffer.alloc(256, 'x')]), [`message ${'x'.repeat(256)}`]],
  'an empty text': [hex('81 00'), ['message ']],
  'an empty ping': [hex('89 00'), ['ping ']],
  'a pong nobody asked for': [hex('8a 02 68 69 81 01 78'), ['message x']],
  'a close with a code': [hex('88 02 03 e9'), ['close 1001']],
  'a close with code and reason': [frame(0x88, Buffer.from('\x03\xf1too big', 'latin1')), ['close 1009']],
  'a close without a code': [hex('88 00'), ['close 1005']],
  'three texts at once': [
    Buffer.concat([frame(0x81, 'a'), frame(0x81, medium), frame(0x81, 'c')]),
    ['message a', `message ${medium}`, 'message c'],
  ],
  'fragments with a ping between': [
    Buffer.concat([
      frame(0x01, 'one '),
      frame(0x89, 'p'),
      frame(0x00, 'two '),
      frame(0x80, 'three'),
      frame(0x81, 'next'),
    ]),
    ['ping p', 'message one two three', 'message next'],
  ],
  'empty fragments': [
    Buffer.concat([frame(0x01, ''), frame(0x00, ''), frame(0x80, ''), frame(0x81, 'x')]),
    ['message ', 'message x'],
  ],
};

const broken: Readonly<Record<string, Buffer>> = {
  'a masked frame': hex('81 85 37 fa 21 3d 7f 9f 4d 51 58'),
  'a reserved bit': hex('c1 01 78'),
  'an unknown opcode': hex('83 01 78'),
  'an unknown control opcode': hex('8b 01 78'),
  'a fragment that continues nothing': hex('80 01 78'),
  'a text within a text': hex('01 01 78 81 01 78'),
  'a ping in fragments': hex('09 01 78'),
  'a ping that is too long': Buffer.concat([hex('89 7e 00 7e'), Buffer.alloc(126)]),
  HTTP: Buffer.from('HTTP/1.1 200 OK\r\n\r\n'),
};

describe('FrameReader', () => {
  it.each(Object.entries(wellFormed))('reads %s, whole and split at any place', (_name, [bytes, told]) => {
    expect(readFrames([bytes])).toEqual(told);
    for (let at = 1; at < bytes.length; at++) {
      expect(readFrames([bytes.subarray(0, at), bytes.subarray(at)]), `split at ${at}`).toEqual(told);
    }
    expect(readFrames(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(told);
  });

  it.each(Object.entries(broken))('takes %s for malformed', (_name, bytes) => {
    expect(readFrames([bytes]).at(-1)).toBe('malformed answer');
    expect(readFrames(Array.from(bytes, (byte) => Buffer.from([byte]))).at(-1)).toBe('malformed answer');
  });

  it('puts a long message together from many reads', () => {
    const text = Array.from({ length: 200_000 }, (_, n) => (n % 10).toString()).join('');
    const bytes = frame(0x81, text);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7_001) }, (_, n) =>
      bytes.subarray(n * 7_001, (n + 1) * 7_001),
    );
    expect(readFrames(pieces)).toEqual([`message ${text}`]);
  });

  it('refuses a message beyond the bounds by its header, in one frame or in many', () => {
    const header = Buffer.alloc(10);
    header[0] = 0x81;
    header[1] = 127;
    header.writeBigUInt64BE(BigInt(longestMessageBytes + 1), 2);
    expect(readFrames([header])).toEqual(['oversized answer']);
    header.writeBigUInt64BE(0x7fffffffffffffffn, 2);
    expect(readFrames([header])).toEqual(['oversized answer']);
    const part = frame(0x00, Buffer.alloc(1024 * 1024));
    const first = Buffer.from(part);
    first[0] = 0x01;
    expect(readFrames([first, ...Array.from({ length: 17 }, () => part)])).toEqual(['oversized answer']);
  });

  it('stops in the middle of a read when told to', () => {
    const told: string[] = [];
    const reader = new FrameReader({
      message: (bytes, start, end) => {
        told.push(bytes.toString('latin1', start, end));
        reader.stop();
      },
      ping: () => undefined,
      peerCloses: () => undefined,
    });
    const bytes = Buffer.concat([frame(0x81, 'a'), frame(0x81, 'b')]);
    reader.read(bytes, 0, bytes.length);
    expect(told).toEqual(['a']);
  });
});
