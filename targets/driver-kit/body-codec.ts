/**
 * Bodies that are compressed each by itself, named as in content-encoding. At once, on the thread: for a body of a few
 * KiB that takes 20 to 150 µs, less than the way to a thread pool and back. Each body is packed when it is sent, as a
 * client in production does: what that costs belongs to the answer.
 */
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';
import { BodyCounter } from '../../result/body-bytes.ts';
import type { BodyBytes } from '../../result/result-types.ts';
import type { BodyCodecName, BodyCompression } from '../../scenarios/scenario.ts';

/** Of an unpacked body: our largest payload, all of it escaped. */
export const mostUnpackedBytes = 64 * 1024 ** 2;

/** brotli's own default is its slowest: 1 ms for 1 KiB. Servers that compress as they answer use 4 to 6. */
const usualLevels = { gzip: 6, br: 4, zstd: constants.ZSTD_CLEVEL_DEFAULT } as const;
const bound = { maxOutputLength: mostUnpackedBytes };

const packers = {
  gzip: (level) => (plain) => gzipSync(plain, { level }),
  br: (level) => (plain) =>
    brotliCompressSync(plain, {
      params: { [constants.BROTLI_PARAM_QUALITY]: level, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
    }),
  zstd: (level) => (plain) => zstdCompressSync(plain, { params: { [constants.ZSTD_c_compressionLevel]: level } }),
} as const satisfies Record<BodyCodecName, (level: number) => (plain: Buffer) => Buffer>;

const unpackers: Readonly<Record<string, ((packed: Buffer) => Buffer) | undefined>> = {
  gzip: (packed) => gunzipSync(packed, bound),
  br: (packed) => brotliDecompressSync(packed, bound),
  zstd: (packed) => zstdDecompressSync(packed, bound),
} satisfies Record<BodyCodecName, (packed: Buffer) => Buffer>;

/** How an answer is counted that does not unpack, or not within the bound. */
export type UnpackProblem = 'malformed answer' | 'oversized answer';

/** Of what `unpack` throws. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

/** One a session or service: it counts what goes through. */
export class BodyCodec {
  readonly encoding: BodyCodecName;
  readonly #pack: (plain: Buffer) => Buffer;
  readonly #minBytes: number;
  readonly #counter = new BodyCounter();

  constructor({ codec, level, minBytes = 0 }: BodyCompression<BodyCodecName>) {
    this.encoding = codec;
    this.#pack = packers[codec](level ?? usualLevels[codec]);
    this.#minBytes = minBytes;
  }

  static of(compression: BodyCompression<BodyCodecName> | undefined): BodyCodec | null {
    return compression === undefined ? null : new BodyCodec(compression);
  }

  /** Whether a body of so many bytes is to be packed; a smaller one goes as it is, and nothing says otherwise. */
  packs(plainBytes: number): boolean {
    return plainBytes >= this.#minBytes;
  }

  pack(plain: Buffer): Buffer {
    const packed = this.#pack(plain);
    this.#counter.up(plain.length, packed.length);
    return packed;
  }

  /** `encoding`: what the peer says it is. Throws where that is unknown, untrue, or more than `mostUnpackedBytes`. */
  unpack(packed: Buffer, encoding: string): Buffer {
    const unpack = Object.hasOwn(unpackers, encoding) ? unpackers[encoding] : undefined;
    if (unpack === undefined) throw new Error(`unknown content-encoding ${encoding}`);
    const plain = unpack(packed);
    this.#counter.down(plain.length, packed.length);
    return plain;
  }

  /** '' when it unpacks. */
  problemOf(packed: Buffer, encoding: string): '' | UnpackProblem {
    try {
      this.unpack(packed, encoding);
      return '';
    } catch (error) {
      return isTooLarge(error) ? 'oversized answer' : 'malformed answer';
    }
  }

  /** So far; up is what was packed. */
  bodies(): BodyBytes {
    return this.#counter.total();
  }
}
