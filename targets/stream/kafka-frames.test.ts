import { describe, expect, it } from 'vitest';
import { KafkaFrames } from './kafka-frames.ts';

function answer(bytes: number): Buffer {
  const framed = Buffer.alloc(4 + bytes, 0xff);
  framed.writeInt32BE(bytes);
  return framed;
}

const fine = Buffer.concat([answer(4), answer(300), answer(10)]);

describe('answers of a broker', () => {
  it.each([1, 3, 4, 9, 1_000])('are let through in pieces of %i bytes', (size) => {
    const frames = new KafkaFrames();
    for (let at = 0; at < fine.length; at += size) expect(frames.accept(fine.subarray(at, at + size))).toBe(true);
  });

  it.each([
    ['a page of HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a negative length', Buffer.from([0xff, 0xff, 0xff, 0xfe])],
    ['a length without a correlation id', Buffer.from([0, 0, 0, 3])],
    ['zeros', Buffer.alloc(100)],
    ['a gigabyte', Buffer.from([0x40, 0, 0, 0])],
  ])('are not when they are %s, wherever it comes', (_name, bytes) => {
    expect(new KafkaFrames().accept(bytes)).toBe(false);
    const frames = new KafkaFrames();
    expect(frames.accept(fine.subarray(0, 100))).toBe(true);
    expect(frames.accept(Buffer.concat([fine.subarray(100), bytes]))).toBe(false);
  });
});
