import { describe, expect, it } from 'vitest';
import { FrameInput } from './frame-input.ts';
import { frame, Http2Error } from './http2-frames.ts';

/** One read's bytes sit in a larger buffer that the next read overwrites. */
function framesOf(reads: readonly Buffer[], stopAt = Number.POSITIVE_INFINITY): string[] {
  const frames: string[] = [];
  const input = new FrameInput({
    frame(type, flags, streamId, bytes, start, end) {
      frames.push(`${type} ${flags} ${streamId} ${bytes.toString('latin1', start, end)}`);
      return frames.length < stopAt;
    },
  });
  const buffer = Buffer.alloc(64 * 1024);
  for (const read of reads) {
    read.copy(buffer);
    input.read(buffer, read.length);
    buffer.fill(0xee);
  }
  return frames;
}

describe('FrameInput', () => {
  const bytes = Buffer.concat([
    frame(4, 0, 0),
    frame(0, 1, 5, Buffer.from('hello')),
    frame(1, 4, 2 ** 31 - 1, Buffer.from('headers')),
  ]);
  const frames = ['4 0 0 ', '0 1 5 hello', '1 4 2147483647 headers'];

  it('finds the same frames wherever the bytes are split once', () => {
    for (let at = 0; at <= bytes.length; at++) {
      expect(framesOf([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(frames);
    }
  });

  it('finds the same frames wherever the bytes are split twice, and byte by byte', () => {
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second++) {
        const reads = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
        expect(framesOf(reads)).toEqual(frames);
      }
    }
    expect(framesOf([...bytes].map((octet) => Buffer.from([octet])))).toEqual(frames);
  });

  it('takes frames of the agreed size and none larger', () => {
    const largest = frame(0, 0, 1, Buffer.alloc(16_384, 'x'));
    expect(framesOf([largest.subarray(0, 9_000), largest.subarray(9_000)])).toHaveLength(1);
    expect(() => framesOf([frame(0, 0, 1, Buffer.alloc(16_385))])).toThrow(Http2Error);
    const head = frame(0, 0, 1, Buffer.alloc(16_385)).subarray(0, 9);
    expect(() => framesOf([head.subarray(0, 4), head.subarray(4)])).toThrow(Http2Error);
  });

  it('ignores the bit of the stream id that is reserved', () => {
    expect(framesOf([Buffer.from([0, 0, 0, 6, 0, 0x80, 0, 0, 7])])).toEqual(['6 0 7 ']);
  });

  it('stops when it is told to', () => {
    expect(framesOf([bytes], 2)).toEqual(frames.slice(0, 2));
  });
});
