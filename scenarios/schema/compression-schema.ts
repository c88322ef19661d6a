/** How a target compresses: how hard each codec may be told to try. */
import { z } from 'zod';
import type { Compression, CompressionCodec } from '../codecs.ts';
import { object, quantity, wholeNumber } from './fields.ts';
import { largestPayload } from './workload-schema.ts';

/** Lowest and highest; null: there is nothing to set. */
export const levelsOf = {
  gzip: [1, 9],
  deflate: [1, 9],
  br: [0, 11],
  zstd: [1, 22],
  snappy: null,
  lz4: null,
} as const satisfies Record<CompressionCodec, readonly [number, number] | null>;

/** Where bodies are compressed one by one; a record batch has no such bound. */
export const smallestBody = {
  minBytes: quantity('size', { least: '0B', most: largestPayload })
    .prefault('0B')
    .describe('Smaller bodies go as they are, both ways. 0B: every body is packed.'),
};

/** As written in a file: `gzip`, or `{ codec: gzip, level: 6 }`; `more`: what else this protocol has there. */
export function compression<const Codec extends CompressionCodec, More extends z.core.$ZodLooseShape>(
  codecs: readonly [Codec, ...Codec[]],
  more: More,
) {
  const written = object({
    codec: z.enum(codecs).describe('How bodies are compressed.'),
    level: wholeNumber(0, 22).optional().describe('How hard the codec tries. Left out: what is usual for it.'),
    ...more,
  });
  return z
    .union([z.literal('none'), z.enum(codecs), written])
    .prefault('none' as const)
    .describe(`Compression of bodies, both ways: none, ${codecs.join(', ')}; with a level: { codec, level }.`);
}

/** What a file says, without the short forms: nothing for none. */
export function resolveCompression<Codec extends CompressionCodec>(
  written: 'none' | Codec | Compression<Codec>,
): { readonly compression?: Compression<Codec> } {
  if (written === 'none') return {};
  return { compression: typeof written === 'string' ? { codec: written } : written };
}
