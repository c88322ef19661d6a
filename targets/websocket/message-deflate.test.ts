import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BodyCounter } from '../../result/body-bytes.ts';
import { longestMessageBytes } from './frame-reader.ts';
import { MessageDeflate } from './message-deflate.ts';
import { MessagePacking } from './message-packing.ts';

const hello = Buffer.from('Hello');
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const remembers = { clientTakeover: true, serverTakeover: true };
const forgets = { clientTakeover: false, serverTakeover: false };

function create(agreement = remembers, counter = new BodyCounter()): MessageDeflate {
  return new MessageDeflate({ codec: 'deflate' }, agreement, counter);
}

/** As Node's own inflate would have packed it in one go. */
const flushed = (plain: Buffer) => deflateRawSync(plain, { finishFlush: 2 }).subarray(0, -4);

describe('messages with context takeover', () => {
  it('are those of RFC 7692: the second is shorter, for it refers to the first', () => {
    const deflate = create();
    expect(deflate.pack(hello).toString('hex')).toBe(hex('f2 48 cd c9 c9 07 00').toString('hex'));
    expect(deflate.pack(hello).toString('hex')).toBe(hex('f2 00 11 00 00').toString('hex'));
  });

  it('may end their stream: the next begins another (RFC 7692 §7.2.3.4)', () => {
    const deflate = create();
    for (const packed of ['f3 48 cd c9 c9 07 00 00', 'f2 48 cd c9 c9 07 00', 'f2 00 11 00 00', '00']) {
      expect(deflate.unpack(hex(packed))).toEqual(packed === '00' ? Buffer.alloc(0) : hello);
    }
  });

  it('are understood, each in the light of those before it', () => {
    const deflate = create();
    expect(deflate.unpack(hex('f2 48 cd c9 c9 07 00'))).toEqual(hello);
    expect(deflate.unpack(hex('f2 00 11 00 00'))).toEqual(hello);
  });

  it('come back as they went, short and long, empty ones and such as do not compress', () => {
    const [sender, receiver] = [create(), create()];
    const long = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * n * 31) % 251));
    for (const message of [hello, Buffer.alloc(0), long, Buffer.alloc(1_000_000, 'x'), hello]) {
      expect(receiver.unpack(sender.pack(message))).toEqual(message);
    }
  });
});

describe('messages without context takeover', () => {
  it('stand each for itself, in any order, and what is no message spoils no other', () => {
    const [sender, receiver] = [create(forgets), create(forgets)];
    const [first, second] = [sender.pack(hello), sender.pack(hello)];
    expect(first).toEqual(second);
    expect(receiver.unpack(second)).toEqual(hello);
    expect(receiver.unpack(hello)).toBe('malformed answer');
    expect(receiver.unpack(flushed(Buffer.alloc(longestMessageBytes + 1)))).toBe('oversized answer');
    expect(receiver.unpack(first)).toEqual(hello);
  });
});

describe('an answer', () => {
  it('in blocks without compression, or in several, is understood (RFC 7692 §7.2.3)', () => {
    expect(create().unpack(hex('00 05 00 fa ff 48 65 6c 6c 6f 00'))).toEqual(hello);
    expect(create().unpack(hex('f2 48 05 00 00 00 ff ff ca c9 c9 07 00'))).toEqual(hello);
  });

  it.each([
    ['that is no deflate', hello],
    ['of a block type that there is not', hex('07')],
    ['that refers to what never came', hex('f2 00 11 00 00')],
  ])('%s is malformed', (_name, packed) => {
    expect(create().unpack(packed)).toBe('malformed answer');
  });

  it('that is a bomb is not unpacked to its end', () => {
    // 4 GiB: nobody has the memory.
    const piece = Buffer.concat([flushed(Buffer.alloc(16 * 1024 ** 2)), Buffer.from([0, 0, 0xff, 0xff])]);
    const bomb = Buffer.concat(Array.from({ length: 256 }, () => piece));
    expect(create().unpack(bomb)).toBe('oversized answer');
    expect(create().unpack(flushed(Buffer.alloc(longestMessageBytes)))).toHaveLength(longestMessageBytes);
  });

  it('is counted, as what is sent is', () => {
    const counter = new BodyCounter();
    const deflate = create(remembers, counter);
    deflate.pack(hello);
    deflate.unpack(hex('f2 48 cd c9 c9 07 00'));
    expect(counter.total()).toEqual({ plainBytesUp: 5, wireBytesUp: 7, plainBytesDown: 5, wireBytesDown: 7 });
  });
});

it('a message is measured in bytes, whether it is text or not', () => {
  const packing = new MessagePacking({ codec: 'deflate', minBytes: 4 });
  expect(
    ['abc', 'abcd', 'äb', 'äöü', Buffer.from('abc'), Buffer.from('abcd')].map((one) => packing.packs(one)),
  ).toEqual([false, true, false, true, false, true]);
  expect(new MessagePacking({ codec: 'deflate' }).packs('')).toBe(true);
});

describe('what is agreed', () => {
  const packing = new MessagePacking({ codec: 'deflate' });
  const without = new MessagePacking({ codec: 'deflate', contextTakeover: false });

  it.each([
    ['permessage-deflate', true, true],
    ['Permessage-Deflate; server_no_context_takeover', true, false],
    ['permessage-deflate; client_no_context_takeover', false, true],
    ['permessage-deflate; server_max_window_bits=12; client_no_context_takeover', false, true],
  ])('%s is kept to', (answer, clientTakeover, serverTakeover) => {
    expect(packing.agreementIn(answer)).toEqual({ clientTakeover, serverTakeover });
  });

  it.each([
    '',
    'x-webkit-deflate-frame',
    'permessage-deflate, permessage-deflate',
    'permessage-deflate; client_max_window_bits=10',
    'permessage-deflate; server_max_window_bits=16',
    'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
    'permessage-deflate; unknown',
  ])('%j was not offered', (answer) => expect(packing.agreementIn(answer)).toBeNull());

  it('without context takeover binds the peer, too', () => {
    expect(without.offer).toBe('permessage-deflate; client_no_context_takeover; server_no_context_takeover');
    expect(without.agreementIn('permessage-deflate')).toBeNull();
    expect(without.agreementIn('permessage-deflate; server_no_context_takeover')).toEqual(forgets);
  });

  it('decides whether connections share one memory', () => {
    expect(without.deflateFor(forgets)).toBe(without.deflateFor(forgets));
    expect(packing.deflateFor(remembers)).not.toBe(packing.deflateFor(remembers));
  });
});
