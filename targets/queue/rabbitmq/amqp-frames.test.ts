import { describe, expect, it } from 'vitest';
import { AmqpFrames } from './amqp-frames.ts';

function frame(type: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(7);
  header[0] = type;
  header.writeUInt16BE(1, 1);
  header.writeUInt32BE(payload.length, 3);
  return Buffer.concat([header, payload, Buffer.from([0xce])]);
}

function contentHeader(bodyBytes: bigint): Buffer {
  const payload = Buffer.alloc(14);
  payload.writeUInt16BE(60);
  payload.writeBigUInt64BE(bodyBytes, 4);
  return frame(2, payload);
}

const method = frame(1, Buffer.from('a method of some length'));
const body = frame(3, Buffer.alloc(1_000, 2));
const fine = Buffer.concat([method, contentHeader(1_000n), body, frame(8, Buffer.alloc(0)), contentHeader(0n), method]);

describe('frames of a broker', () => {
  it.each([1, 2, 7, 19, 100, 10_000])('are let through in pieces of %i bytes', (size) => {
    const frames = new AmqpFrames();
    for (let at = 0; at < fine.length; at += size) expect(frames.accept(fine.subarray(at, at + size))).toBe(true);
  });

  it.each([1, 3, 10_000])('are not where they announce a message of gigabytes, in pieces of %i bytes', (size) => {
    const frames = new AmqpFrames();
    const bytes = Buffer.concat([fine, contentHeader(4_000_000_000n), body]);
    const accepted: boolean[] = [];
    for (let at = 0; at < bytes.length; at += size) accepted.push(frames.accept(bytes.subarray(at, at + size)));
    expect(accepted[0] && size < fine.length).toBe(size < fine.length);
    expect(accepted).toContain(false);
    expect(accepted.indexOf(false)).toBe(Math.ceil((fine.length + 19) / size) - 1);
  });
});
