import { expect, it } from 'vitest';
import { HpackDecoder } from './hpack-decoder.ts';
import { type HeaderField, lengthOctets, literalName, RequestHeaders, writeLength } from './request-headers.ts';

const common: HeaderField[] = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':authority', '127.0.0.1:1'],
];
const place: HeaderField[] = [...common, [':path', '/a.B/Place'], ['content-type', 'application/grpc']];
const get: HeaderField[] = [...common, [':path', '/a.B/Get'], ['te', 'trailers']];

function read(decoder: HpackDecoder, block: Uint8Array): HeaderField[] {
  const fields: HeaderField[] = [];
  decoder.decode(block, 0, block.length, { header: (name, value) => fields.push([name, value]) });
  return fields;
}

it('sends what never changes once, then a byte for each field', () => {
  const headers = new RequestHeaders([place, get]);
  const peer = new HpackDecoder();
  const sizes: number[] = [];
  for (const operation of [0, 0, 1, 0, 1, 1, 0]) {
    const block = headers.block(operation);
    expect(read(peer, block)).toEqual(operation === 0 ? place : get);
    sizes.push(block.length);
  }
  expect(sizes.slice(3)).toEqual([5, 5, 5, 5]);
  expect(sizes[0]).toBeGreaterThan(20);
});

it('keeps to the table that the peer allows', () => {
  const headers = new RequestHeaders([place, get]);
  const peer = new HpackDecoder();
  expect(read(peer, headers.block(0))).toEqual(place);
  headers.limitTable(0);
  for (const operation of [0, 0, 1, 1]) {
    expect(read(peer, headers.block(operation))).toEqual(operation === 0 ? place : get);
  }
  headers.limitTable(100);
  for (const operation of [1, 1, 0, 0]) {
    expect(read(peer, headers.block(operation))).toEqual(operation === 0 ? place : get);
  }
});

it('tells the peer of another table size once, and at the beginning of a block', () => {
  const headers = new RequestHeaders([[[':method', 'POST']]]);
  headers.limitTable(64);
  expect([...headers.block(0)]).toEqual([0x20, 0x3f, 0x21, 0x83]);
  expect([...headers.block(0)]).toEqual([0x83]);
});

it('leaves values too long for the table out of it', () => {
  const long: HeaderField[] = [
    ['authorization', 'x'.repeat(5_000)],
    ['a', 'b'],
  ];
  const headers = new RequestHeaders([long]);
  const peer = new HpackDecoder();
  for (let n = 0; n < 3; n++) expect(read(peer, headers.block(0))).toEqual(long);
});

it.each([0, 1, 126, 127, 128, 254, 255, 20_000])('writes a value of %i bytes behind its name', (length) => {
  const name = literalName('x-trace');
  const block = Buffer.alloc(name.length + lengthOctets(length) + length, 'v');
  expect(writeLength(block, name.copy(block), length)).toBe(block.length - length);
  expect(read(new HpackDecoder(), block)).toEqual([['x-trace', 'v'.repeat(length)]]);
});
