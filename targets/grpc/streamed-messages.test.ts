import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BodyCodec, mostUnpackedBytes } from '../driver-kit/body-codec.ts';
import { malformedAnswer, oversizedAnswer } from '../driver-kit/http2/conclusion.ts';
import { StreamedMessages } from './streamed-messages.ts';

function message(body: Buffer, flag = 0): Buffer {
  const prefix = Buffer.alloc(5, flag);
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
}

function setUp(codec: BodyCodec | null = null, headers: Record<string, string> = {}) {
  const taken: string[] = [];
  const answer = new StreamedMessages(codec, (bytes) => {
    taken.push(Buffer.from(bytes).toString());
    return taken.at(-1) !== 'nonsense';
  });
  answer.reset();
  const all = { ':status': '200', 'content-type': 'application/grpc', ...headers };
  for (const [name, value] of Object.entries(all)) answer.header(name, value);
  answer.headersEnded(false);
  const give = (bytes: Buffer) => answer.data(bytes, 0, bytes.length);
  return { taken, answer, give };
}

const three = Buffer.concat(['one', '', 'three'].map((text) => message(Buffer.from(text))));

describe('StreamedMessages', () => {
  it('hands on several messages of one piece', () => {
    const { taken, give } = setUp();
    expect(give(three)).toBeNull();
    expect(taken).toEqual(['one', '', 'three']);
  });

  it.each(Array.from({ length: three.length - 1 }, (_, n) => n + 1))(
    'hands them on when they come in pieces of %d',
    (size) => {
      const { taken, give } = setUp();
      for (let at = 0; at < three.length; at += size) expect(give(three.subarray(at, at + size))).toBeNull();
      expect(taken).toEqual(['one', '', 'three']);
    },
  );

  it('keeps a part although the memory it came in is read into again', () => {
    const { taken, give } = setUp();
    const memory = Buffer.from(three.subarray(0, 7));
    give(memory);
    memory.fill(0);
    give(three.subarray(7));
    expect(taken[0]).toBe('one');
  });

  it('unpacks what says that it is packed', () => {
    const { taken, give } = setUp(new BodyCodec({ codec: 'gzip' }), { 'grpc-encoding': 'gzip' });
    expect(give(message(gzipSync('packed'), 1))).toBeNull();
    expect(give(message(Buffer.from('plain')))).toBeNull();
    expect(taken).toEqual(['packed', 'plain']);
  });

  it('gives up on what nobody can read', () => {
    expect(setUp().give(message(gzipSync('packed'), 1))).toBe(malformedAnswer);
    expect(setUp().give(message(Buffer.from('x'), 7))).toBe(malformedAnswer);
    expect(setUp().give(message(Buffer.from('nonsense')))).toBe(malformedAnswer);
    const codec = new BodyCodec({ codec: 'gzip' });
    expect(setUp(codec).give(message(gzipSync('of an encoding it does not name'), 1))).toBe(malformedAnswer);
    const told = { 'grpc-encoding': 'gzip' };
    expect(setUp(codec, told).give(message(Buffer.from('no gzip'), 1))).toBe(malformedAnswer);
    const bomb = gzipSync(Buffer.alloc(mostUnpackedBytes + 1));
    expect(setUp(codec, told).give(message(bomb, 1))).toBe(oversizedAnswer);
    expect(setUp().give(Buffer.from([0, 0xff, 0xff, 0xff, 0xff]))).toBe(oversizedAnswer);
  });

  it('tells a refusal of the stream, and calls every other end one', () => {
    const refused = setUp();
    refused.answer.header('grpc-status', '8');
    refused.answer.headersEnded(true);
    expect(refused.answer.conclude()).toMatchObject({ reason: 'status RESOURCE_EXHAUSTED', retryable: true });
    const done = setUp();
    done.give(three);
    done.answer.header('grpc-status', '0');
    done.answer.headersEnded(true);
    expect(done.answer.conclude()).toMatchObject({ reason: 'stream ended', retryable: true });
  });
});
