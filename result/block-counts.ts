/**
 * How the latencies of an operation lie over time: counts by block of the trial and by bin of half an octave. Slow ones come
 * in bursts, and how sure a percentile is depends on in how many of the blocks they lie.
 */

/** Bin 0 is all below this, µs; each next one is √2 as wide. */
const lowestEdgeUs = 32;
const finiteBins = 40;
/** What was not ok, or never reached the point in time. */
export const neverBin = finiteBins;
const bins = finiteBins + 1;

const shortestBlockMs = 250;
const mostBlocks = 1_200;

/** The shortest of 250, 500, 1000, … ms that needs no more than 1,200 blocks. */
export function blockWidthMs(durationMs: number): number {
  let widthMs = shortestBlockMs;
  while (durationMs / widthMs > mostBlocks) widthMs *= 2;
  return widthMs;
}

function binOf(latencyUs: number): number {
  if (latencyUs < lowestEdgeUs) return 0;
  if (latencyUs === Number.POSITIVE_INFINITY) return neverBin;
  return Math.min(finiteBins - 1, 1 + Math.floor(2 * Math.log2(latencyUs / lowestEdgeUs)));
}

/** Where the bin begins, µs; of `neverBin` infinity. */
export function binStartUs(bin: number): number {
  if (bin === 0) return 0;
  return bin >= neverBin ? Number.POSITIVE_INFINITY : lowestEdgeUs * 2 ** ((bin - 1) / 2);
}

/** By block, from the end of warm-up: counts by bin; undefined: nothing in it. */
export type BlockCountsData = readonly (Uint32Array | undefined)[];

export class BlockCounts {
  readonly #blocks: (Uint32Array | undefined)[];

  constructor(data: BlockCountsData = []) {
    this.#blocks = [...data];
  }

  /** `latencyUs` infinite: never. */
  record(block: number, latencyUs: number): void {
    const counts = this.#at(block);
    const bin = binOf(latencyUs);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }

  #at(block: number): Uint32Array {
    const found = this.#blocks[block];
    if (found !== undefined) return found;
    const created = new Uint32Array(bins);
    this.#blocks[block] = created;
    return created;
  }

  add(data: BlockCountsData): void {
    data.forEach((from, block) => {
      if (from === undefined) return;
      const into = this.#at(block);
      from.forEach((count, bin) => {
        into[bin] = (into[bin] ?? 0) + count;
      });
    });
  }

  /** The arrays are those recorded into. */
  toData(): BlockCountsData {
    return this.#blocks;
  }

  /** `12:14:1,9,40 13:…`: block, first filled bin, counts from there to the last filled one; empty blocks left out. */
  encode(): string {
    const texts: string[] = [];
    this.#blocks.forEach((counts, block) => {
      const first = counts?.findIndex((count) => count > 0) ?? -1;
      if (counts === undefined || first < 0) return;
      texts.push(
        `${block}:${first}:${counts.subarray(first, counts.findLastIndex((count) => count > 0) + 1).join(',')}`,
      );
    });
    return texts.join(' ');
  }
}

/** Reads back what `encode` wrote. */
export function decodeBlockCounts(text: string): BlockCounts {
  const blocks: (Uint32Array | undefined)[] = [];
  for (const part of text === '' ? [] : text.split(' ')) {
    const [block = '', first = '', counts = ''] = part.split(':');
    const into = new Uint32Array(bins);
    into.set(counts.split(',').map(Number), Number(first));
    blocks[Number(block)] = into;
  }
  return new BlockCounts(blocks);
}
