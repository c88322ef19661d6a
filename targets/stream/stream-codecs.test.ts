import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { StreamCodec } from '../../scenarios/scenario.ts';
import { batchCodecs, mostPlainBytes, useStreamCodecs } from './stream-codecs.ts';

/** Words in no order: something for a codec to find, and more for one that looks longer. */
const words = ['order', 'customer', 'delivery', 'street', 'item', 'price', 'EUR', 'paid', 'open', '2026'];
const text = Buffer.from(
  Array.from({ length: 8_000 }, (_, n) => words[((n * n + (n >> 3)) % 97) % words.length]).join(' '),
);

async function packed(codec: StreamCodec, plain: Buffer): Promise<Buffer> {
  const { compress, compressSync } = batchCodecs[codec];
  return compressSync?.(plain) ?? (await compress?.(plain)) ?? Buffer.alloc(0);
}

describe('a batch codec', () => {
  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)(
    '%s unpacks what it packed, and refuses what nobody packed',
    async (codec) => {
      const small = await packed(codec, text);
      expect(small.length).toBeLessThan(text.length * 0.7);
      expect(batchCodecs[codec].decompress(small).equals(text)).toBe(true);
      expect(() => batchCodecs[codec].decompress(Buffer.from('not compressed at all'))).toThrow();
    },
  );

  it.each([
    ['gzip', 9],
    ['zstd', 19],
  ] as const)('%s tries as hard as its level says', async (codec, level) => {
    useStreamCodecs({ codec, level: 1 });
    const fast = await packed(codec, text);
    useStreamCodecs({ codec, level });
    const thorough = await packed(codec, text);
    useStreamCodecs(undefined);
    const usual = await packed(codec, text);
    expect(thorough.length).toBeLessThan(fast.length);
    expect(usual.length).not.toBe(fast.length);
  });

  it('does not unpack a bomb', () => {
    const plain = Buffer.alloc(mostPlainBytes + 1);
    expect(() => batchCodecs.gzip.decompress(gzipSync(plain, { level: 1 }))).toThrow(/larger than/);
    expect(() => batchCodecs.zstd.decompress(zstdCompressSync(plain))).toThrow(/larger than/);
  });
});
