import { describe, expect, it } from 'vitest';
import { HpackDecoder } from './hpack-decoder.ts';
import { Http2Error } from './http2-frames.ts';
import { decodeHuffman } from './huffman.ts';

function fields(decoder: HpackDecoder, hex: string): string[] {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const found: string[] = [];
  decoder.decode(bytes, 0, bytes.length, { header: (name, value) => found.push(`${name}: ${value}`) });
  return found;
}

describe('HpackDecoder', () => {
  // RFC 7541, appendix C.2.
  it.each([
    ['400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572', 'custom-key: custom-header'],
    ['040c 2f73 616d 706c 652f 7061 7468', ':path: /sample/path'],
    ['1008 7061 7373 776f 7264 0673 6563 7265 74', 'password: secret'],
    ['82', ':method: GET'],
  ])('reads %s', (hex, field) => {
    expect(fields(new HpackDecoder(), hex)).toEqual([field]);
  });

  // RFC 7541, appendix C.6: Huffman, and a table of 256 bytes that evicts.
  it('follows the table from block to block, evictions included', () => {
    const decoder = new HpackDecoder(256);
    const date = 'date: Mon, 21 Oct 2013 20:13:21 GMT';
    const rest = ['cache-control: private', date, 'location: https://www.example.com'];
    const first =
      '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3';
    expect(fields(decoder, first)).toEqual([':status: 302', ...rest]);
    expect(fields(decoder, '4883 640e ffc1 c0bf')).toEqual([':status: 307', ...rest]);
    const third =
      '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07';
    expect(fields(decoder, third)).toEqual([
      ':status: 200',
      'cache-control: private',
      'date: Mon, 21 Oct 2013 20:13:22 GMT',
      'location: https://www.example.com',
      'content-encoding: gzip',
      'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    ]);
  });

  it('reads long integers', () => {
    const value = 'x'.repeat(1_337);
    const hex = `00 01 61 7f ba09 ${Buffer.from(value).toString('hex')}`;
    expect(fields(new HpackDecoder(), hex)).toEqual([`a: ${value}`]);
  });

  it('empties the table for an entry larger than it, and for a size of zero', () => {
    const decoder = new HpackDecoder(64);
    fields(decoder, '40 01 61 01 62');
    expect(fields(decoder, 'be')).toEqual(['a: b']);
    fields(decoder, `40 01 61 28 ${'62'.repeat(40)}`);
    expect(() => fields(decoder, 'be')).toThrow(Http2Error);
    const other = new HpackDecoder();
    fields(other, '40 01 61 01 62');
    expect(fields(other, '20 3f e1 1f 82')).toEqual([':method: GET']);
    expect(() => fields(other, 'be')).toThrow(Http2Error);
  });

  it.each([
    ['index zero', '80'],
    ['an index beyond the table', 'c0'],
    ['a string beyond the block', '00 01 61 05 62'],
    ['half an integer', 'ff'],
    ['an endless integer', 'ff ff ff ff ff ff ff ff'],
    ['a size beyond the limit', '3f e2 1f'],
    ['a size behind a field', '82 20'],
    ['a missing value', '00 01 61'],
    ['padding of zeros', '00 01 61 81 60'],
    ['padding of an octet', '00 01 61 82 1f ff ff'],
    ['the end of the string inside', '00 01 61 84 ff ff ff ff'],
  ])('refuses %s', (_name, hex) => {
    expect(() => fields(new HpackDecoder(), hex)).toThrow(Http2Error);
  });
});

it.each([
  // RFC 7541, appendices C.4 and C.6.
  ['f1e3 c2e5 f23a 6ba0 ab90 f4ff', 'www.example.com'],
  ['25a8 49e9 5bb8 e8b4 bf', 'custom-value'],
  ['9d29 ad17 1863 c78f 0b97 c8e9 ae82 ae43 d3', 'https://www.example.com'],
  ['', ''],
])('decodes the Huffman code %s', (hex, text) => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  expect(decodeHuffman(bytes, 0, bytes.length)).toBe(text);
});
