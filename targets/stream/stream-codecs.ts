/**
 * The codecs of Kafka's record batches: one implementation behind both client libraries, so that they differ in nothing
 * but themselves, with a level, a bound on what comes out, and a count of what goes through.
 */
import { promisify } from 'node:util';
import { constants, gunzipSync, gzip, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { BodyCounter } from '../../result/body-bytes.ts';
import type { BodyBytes } from '../../result/result-types.ts';
import type { Compression, StreamCodec } from '../../scenarios/scenario.ts';
import { silentRecords } from './silent-records.ts';

export interface BatchCodec {
  /** Only one of them: at once, or off the thread. */
  readonly compressSync?: (plain: Buffer) => Buffer;
  readonly compress?: (plain: Buffer) => Promise<Buffer>;
  /** Throws when it is malformed, or would unpack to more than `mostPlainBytes`. */
  readonly decompress: (packed: Buffer) => Buffer;
}

/** Far beyond our own largest batch, one record of 16 MiB; a few bytes from a stranger must not fill the memory. */
export const mostPlainBytes = 64 * 1024 ** 2;

/** Of the thread, as a load worker and a service each have one target: the libraries take no level. */
const levels: { gzip: number; zstd: number } = {
  gzip: constants.Z_DEFAULT_COMPRESSION,
  zstd: constants.ZSTD_CLEVEL_DEFAULT,
};
const counter = new BodyCounter();
const gzipAsync = promisify(gzip);
const bound = { maxOutputLength: mostPlainBytes };
const { compressSync: packSnappy, decompressSync: unpackSnappy } = compressionsAlgorithms.snappy;
const { compressSync: packLz4, decompressSync: unpackLz4 } = compressionsAlgorithms.lz4;

/** What each packs and unpacks is counted, see `streamBodies`. */
export const batchCodecs: Readonly<Record<StreamCodec, BatchCodec>> = {
  // Off the thread, as both libraries do by themselves.
  gzip: counted({
    compress: (plain) => gzipAsync(plain, { level: levels.gzip }),
    decompress: (packed) => gunzipSync(packed, bound),
  }),
  // Neither of these two can unpack to more than some 255 times its size, and a fetch bounds that.
  snappy: counted({ compressSync: packSnappy, decompress: unpackSnappy }),
  lz4: counted({ compressSync: packLz4, decompress: unpackLz4 }),
  zstd: counted({
    compressSync: (plain) => zstdCompressSync(plain, { params: { [constants.ZSTD_c_compressionLevel]: levels.zstd } }),
    decompress: (packed) => zstdDecompressSync(packed, bound),
  }),
};

/** All batches that this thread packed and unpacked so far. */
export function streamBodies(): BodyBytes {
  return counter.total();
}

function counted({ compress, compressSync, decompress }: BatchCodec): BatchCodec {
  return {
    ...(compressSync && {
      compressSync(plain) {
        const packed = compressSync(plain);
        counter.up(plain.length, packed.length);
        return packed;
      },
    }),
    ...(compress && {
      async compress(plain) {
        const packed = await compress(plain);
        counter.up(plain.length, packed.length);
        return packed;
      },
    }),
    decompress(packed) {
      const plain = decompress(packed);
      counter.down(plain.length, packed.length);
      return plain;
    },
  };
}

/** For consumers: of a batch that does not unpack, records that say nothing. What waits for its own ones times out. */
export function recordsIn(decompress: BatchCodec['decompress'], packed: Buffer): Buffer {
  try {
    return decompress(packed);
  } catch {
    return silentRecords();
  }
}

interface PlatformaticAlgorithm {
  compress?: (plain: Buffer) => Promise<Buffer>;
  compressSync: (plain: Buffer) => Buffer;
  decompressSync: (packed: Buffer) => Buffer;
}

/** Puts the codecs into @platformatic/kafka's table, for the whole thread: it has all of them, but no levels. */
export function useStreamCodecs(compression: Compression<StreamCodec> | undefined): void {
  levels.gzip = (compression?.codec === 'gzip' ? compression.level : undefined) ?? constants.Z_DEFAULT_COMPRESSION;
  levels.zstd = (compression?.codec === 'zstd' ? compression.level : undefined) ?? constants.ZSTD_CLEVEL_DEFAULT;
  const algorithms: Record<StreamCodec, PlatformaticAlgorithm> = compressionsAlgorithms;
  for (const codec of Object.keys(batchCodecs) as StreamCodec[]) {
    const { compress, compressSync, decompress } = batchCodecs[codec];
    if (compress !== undefined) algorithms[codec].compress = compress;
    if (compressSync !== undefined) algorithms[codec].compressSync = compressSync;
    algorithms[codec].decompressSync = (packed) => recordsIn(decompress, packed);
  }
}
