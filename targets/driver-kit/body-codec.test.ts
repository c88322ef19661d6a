import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BodyCodec, mostUnpackedBytes } from './body-codec.ts';

const text = Buffer.from(Array.from({ length: 2_000 }, (_, n) => `order ${(n * n) % 1_009} is open. `).join(''));
const codecs = ['gzip', 'br', 'zstd'] as const;

describe('a body codec', () => {
  it.each(codecs)('%s unpacks what it packed and counts both', (codec) => {
    const bodies = new BodyCodec({ codec });
    const packed = bodies.pack(text);
    expect(bodies.unpack(packed, codec).equals(text)).toBe(true);
    expect(bodies.bodies()).toEqual({
      plainBytesUp: text.length,
      wireBytesUp: packed.length,
      plainBytesDown: text.length,
      wireBytesDown: packed.length,
    });
    expect(packed.length).toBeLessThan(text.length / 3);
  });

  it.each(codecs)('%s tries harder at its highest level', (codec) => {
    const packed = (level: number) => new BodyCodec({ codec, level }).pack(text).length;
    expect(packed(codec === 'gzip' ? 9 : 11)).toBeLessThan(packed(1));
  });

  it.each(codecs)('%s refuses what is no body of its own, also one cut short', (codec) => {
    const bodies = new BodyCodec({ codec });
    expect(() => bodies.unpack(Buffer.from('plain text'), codec)).toThrow();
    expect(() => bodies.unpack(bodies.pack(text).subarray(0, 40), codec)).toThrow();
    expect(() => bodies.unpack(text, 'constructor')).toThrow(/unknown content-encoding/);
    expect(bodies.bodies().plainBytesDown).toBe(0);
  });

  it('says which bodies are too small for it, and what goes as it is counts nowhere', () => {
    const bounded = new BodyCodec({ codec: 'gzip', minBytes: 256 });
    expect([0, 255, 256, 1_000].map((bytes) => bounded.packs(bytes))).toEqual([false, false, true, true]);
    expect([0, 1].map((bytes) => new BodyCodec({ codec: 'gzip' }).packs(bytes))).toEqual([true, true]);
    expect(bounded.bodies()).toEqual({ plainBytesUp: 0, wireBytesUp: 0, plainBytesDown: 0, wireBytesDown: 0 });
  });

  it('refuses a bomb at its bound', () => {
    const plain = Buffer.alloc(mostUnpackedBytes + 1);
    const bodies = new BodyCodec({ codec: 'gzip' });
    const fastest = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
    expect(() => bodies.unpack(gzipSync(plain, { level: 1 }), 'gzip')).toThrow(/larger than/);
    expect(() => bodies.unpack(brotliCompressSync(plain, fastest), 'br')).toThrow(/larger than/);
    expect(() => bodies.unpack(zstdCompressSync(plain), 'zstd')).toThrow(/larger than/);
  });
});
