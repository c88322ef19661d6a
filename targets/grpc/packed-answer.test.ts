import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BodyCodec, mostUnpackedBytes } from '../driver-kit/body-codec.ts';
import { GrpcAnswer } from './grpc-answer.ts';
import { conclusionOfGrpcJs } from './grpc-js-failure.ts';

const text = Buffer.from('hello '.repeat(40));

function message(flag: number, body: Buffer): Buffer {
  const prefix = Buffer.from([flag, 0, 0, 0, 0]);
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
}

/** The reason, '' when it is ok. */
function reasonOf(answer: GrpcAnswer, encoding: string | null, pieces: readonly Buffer[]): string {
  answer.reset();
  answer.header(':status', '200');
  answer.header('content-type', 'application/grpc');
  if (encoding !== null) answer.header('grpc-encoding', encoding);
  answer.headersEnded(false);
  for (const piece of pieces) {
    // The memory is read into again.
    const memory = Buffer.from(piece);
    const early = answer.data(memory, 0, memory.length);
    memory.fill(0xff);
    if (early !== null) return early.reason;
  }
  answer.header('grpc-status', '0');
  answer.headersEnded(true);
  return answer.conclude().reason;
}

describe('an answer that may be compressed', () => {
  const packed = message(1, gzipSync(text));

  it('is read wherever it is split, and counted', () => {
    const codec = new BodyCodec({ codec: 'gzip' });
    const answer = new GrpcAnswer(codec);
    for (let cut = 0; cut <= packed.length; cut++) {
      expect(reasonOf(answer, 'gzip', [packed.subarray(0, cut), packed.subarray(cut)])).toBe('');
    }
    const bytes = Array.from(packed, (octet) => Buffer.from([octet]));
    expect(reasonOf(answer, 'gzip', bytes)).toBe('');
    const answers = packed.length + 2;
    const { plainBytesDown, wireBytesDown } = codec.bodies();
    expect(plainBytesDown).toBe(text.length * answers);
    expect(wireBytesDown).toBe((packed.length - 5) * answers);
  });

  it.each([
    ['not compressed all the same', 'gzip', message(0, text), ''],
    ['not compressed, nor said to be', null, message(0, text), ''],
    ['compressed though it says identity', 'identity', packed, 'malformed answer'],
    ['compressed though nothing says how', null, packed, 'malformed answer'],
    ['compressed as nobody knows', 'snappy', packed, 'malformed answer'],
    ['untrue', 'gzip', message(1, text), 'malformed answer'],
    ['cut short', 'gzip', message(1, gzipSync(text).subarray(0, -6)), 'malformed answer'],
    ['of an unknown flag', 'gzip', message(2, gzipSync(text)), 'malformed answer'],
    ['two messages', 'gzip', Buffer.concat([packed, packed]), 'malformed answer'],
    ['a bomb', 'gzip', message(1, gzipSync(Buffer.alloc(mostUnpackedBytes + 1), { level: 1 })), 'oversized answer'],
  ])('is counted right when it is %s', (_name, encoding, bytes, reason) => {
    const answer = new GrpcAnswer(new BodyCodec({ codec: 'gzip' }));
    expect(reasonOf(answer, encoding, [bytes])).toBe(reason);
    expect(reasonOf(answer, 'gzip', [packed])).toBe('');
  });
});

it.each([
  ['Failed to decompress gzip-encoded message', 13, 'malformed answer'],
  ['Received message compressed with unsupported compression method snappy', 13, 'malformed answer'],
  ['Received compressed message but "grpc-encoding" header was identity', 13, 'malformed answer'],
  ['Received message that decompresses to a size larger than 16842752', 8, 'oversized answer'],
  ['Deadline exceeded after 0.301s,LB pick: 0.002s', 4, 'timeout'],
  ['too late, says the service', 4, 'status DEADLINE_EXCEEDED'],
])('what grpc-js says, %j, counts as it does with our own client', (details, code, reason) => {
  expect(conclusionOfGrpcJs({ code, details }).reason).toBe(reason);
});
