/** Gives kafkajs the codecs: it comes with gzip alone, and is meant to be given the others through this table. */
// Its codec table is no named export in the eyes of Node.
import kafkajs, { CompressionTypes } from 'kafkajs';
import type { Compression, StreamCodec } from '../../scenarios/scenario.ts';
import { batchCodecs, recordsIn } from './stream-codecs.ts';

const types = {
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const satisfies Record<StreamCodec, CompressionTypes>;

export function giveKafkajsCodecs(): void {
  const table: Record<number, () => unknown> = kafkajs.CompressionCodecs;
  for (const [codec, type] of Object.entries(types) as [StreamCodec, CompressionTypes][]) {
    const { compress, compressSync, decompress } = batchCodecs[codec];
    table[type] = () => ({
      compress: async ({ buffer }: { readonly buffer: Buffer }) => compressSync?.(buffer) ?? compress?.(buffer),
      decompress: async (packed: Buffer) => recordsIn(decompress, packed),
    });
  }
}

export function kafkajsTypeOf(compression: Compression<StreamCodec> | undefined): CompressionTypes {
  return compression === undefined ? CompressionTypes.None : types[compression.codec];
}
