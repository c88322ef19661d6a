/**
 * Counts of latencies in HdrHistogram's own bucket layout: three significant digits over one fixed range, microseconds.
 * Recording is an index computation and an increment, so it can sit on the load path; everything else (merging,
 * percentiles, the V2 encoding) sees the same cells. hdr-histogram-js does the encoding and decoding.
 */

import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { BenchError, exitCodes } from './bench-error.ts';

/** 2,048 sub-buckets hold three significant digits; half of each later power of two is new. */
const subBucketBits = 11;
const subBucketHalf = 1 << (subBucketBits - 1);
/** About 35.8 minutes: longer latencies count as this, and a deadline far below it bounds every operation. */
export const highestLatencyUs = 2 ** 31 - 1;
const cells = cellOf(highestLatencyUs) + 1;

function cellOf(valueUs: number): number {
  const bucket = 31 - Math.clz32(valueUs | (subBucketHalf * 2 - 1)) - (subBucketBits - 1);
  return (bucket + 1) * subBucketHalf + (valueUs >>> bucket) - subBucketHalf;
}

/** The lowest value of a cell and how many values share it. */
function cellRange(cell: number): { lowest: number; width: number } {
  const bucket = Math.max(0, Math.floor(cell / subBucketHalf) - 1);
  const subBucket = cell - bucket * subBucketHalf;
  return { lowest: subBucket * 2 ** bucket, width: 2 ** bucket };
}

/** 32 bits hold what one worker records; what is merged may need more, and a 32-bit cell would wrap without a word. */
type Cells = Uint32Array | Float64Array;

/** Filled cells only: most of a histogram is empty, and what workers hand over holds hundreds of them. */
export interface LatencyCountsData {
  /** Rising. */
  readonly cells: Uint16Array;
  /** Of each of these cells. */
  readonly counts: Cells;
  readonly count: number;
  readonly minUs: number;
  readonly maxUs: number;
  readonly sumUs: number;
}

export class LatencyCounts {
  #cells: Cells;
  #count = 0;
  #minUs = Number.POSITIVE_INFINITY;
  #maxUs = 0;
  #sumUs = 0;

  constructor(data?: LatencyCountsData) {
    this.#cells = data?.counts instanceof Float64Array ? new Float64Array(cells) : new Uint32Array(cells);
    if (data !== undefined) this.#addFilled(data);
  }

  /** Fractions are cut off; below zero counts as 0 (two clock reads can differ by a tick), beyond the range as its end. */
  record(latencyUs: number): void {
    const us = latencyUs >= highestLatencyUs ? highestLatencyUs : latencyUs > 0 ? latencyUs | 0 : 0;
    const cell = cellOf(us);
    this.#cells[cell] = (this.#cells[cell] ?? 0) + 1;
    this.#count++;
    this.#sumUs += us;
    if (us < this.#minUs) this.#minUs = us;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  get count(): number {
    return this.#count;
  }

  /** Exact; null without samples. */
  get minUs(): number | null {
    return this.#count === 0 ? null : this.#minUs;
  }

  get maxUs(): number | null {
    return this.#count === 0 ? null : this.#maxUs;
  }

  get meanUs(): number | null {
    return this.#count === 0 ? null : this.#sumUs / this.#count;
  }

  /**
   * The value at or below which `quantile` (0–1) of `total` operations lie, as the highest value of its cell but never
   * beyond the exact maximum. `total` above `count` stands for operations that never completed: null when the rank
   * falls among them. null without samples.
   */
  atQuantile(quantile: number, total: number = this.#count): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(quantile * total - 1e-9));
    if (rank > this.#count) return null;
    let seen = 0;
    for (let cell = 0; cell < cells; cell++) {
      seen += this.#cells[cell] ?? 0;
      if (seen >= rank) {
        const { lowest, width } = cellRange(cell);
        return Math.min(lowest + width - 1, this.#maxUs);
      }
    }
    return this.#maxUs;
  }

  /** Filled cells in rising order: upper bound of the cell and how many samples it holds. */
  *filled(): Generator<{ readonly valueUs: number; readonly count: number }> {
    for (let cell = 0; cell < cells; cell++) {
      const count = this.#cells[cell] ?? 0;
      if (count === 0) continue;
      const { lowest, width } = cellRange(cell);
      yield { valueUs: Math.min(lowest + width - 1, this.#maxUs), count };
    }
  }

  /** Adds the other's counts: merging never averages. */
  add(other: LatencyCounts | LatencyCountsData): void {
    if (this.#cells instanceof Uint32Array) this.#cells = Float64Array.from(this.#cells);
    this.#addFilled(other instanceof LatencyCounts ? other.toData() : other);
  }

  #addFilled({ cells, counts, count, sumUs, minUs, maxUs }: LatencyCountsData): void {
    for (let n = 0; n < cells.length; n++) {
      const cell = cells[n] as number;
      this.#cells[cell] = (this.#cells[cell] ?? 0) + (counts[n] ?? 0);
    }
    this.#count += count;
    this.#sumUs += sumUs;
    this.#minUs = Math.min(this.#minUs, minUs);
    this.#maxUs = Math.max(this.#maxUs, maxUs);
  }

  clear(): void {
    this.#cells.fill(0);
    this.#count = 0;
    this.#sumUs = 0;
    this.#minUs = Number.POSITIVE_INFINITY;
    this.#maxUs = 0;
  }

  /** A copy that can be posted to another thread. */
  toData(): LatencyCountsData {
    const all = this.#cells;
    let filled = 0;
    for (let cell = 0; cell < cells; cell++) if (all[cell] !== 0) filled++;
    const data = {
      cells: new Uint16Array(filled),
      counts: all instanceof Uint32Array ? new Uint32Array(filled) : new Float64Array(filled),
    };
    for (let cell = 0, n = 0; n < filled; cell++) {
      if (all[cell] === 0) continue;
      data.cells[n] = cell;
      data.counts[n++] = all[cell] ?? 0;
    }
    return { ...data, count: this.#count, minUs: this.#minUs, maxUs: this.#maxUs, sumUs: this.#sumUs };
  }

  /** HDR V2, compressed, base64. `atHighest` adds that many samples at the end of the range: never completed. */
  encode(atHighest = 0): string {
    const histogram = newHistogram();
    for (let cell = 0; cell < cells; cell++) {
      const count = this.#cells[cell] ?? 0;
      if (count > 0) histogram.recordValueWithCount(cellRange(cell).lowest, count);
    }
    if (atHighest > 0) histogram.recordValueWithCount(highestLatencyUs, atHighest);
    return encodeIntoCompressedBase64(histogram);
  }
}

// 64-bit counters: the 32-bit ones overflow without a word. Plain JavaScript: it must mix with nothing else.
function newHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: highestLatencyUs,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 64,
    autoResize: false,
    useWebAssembly: false,
  });
}

function decoded(base64: string) {
  try {
    return decodeFromCompressedBase64(base64, 64, false);
  } catch (cause) {
    throw new BenchError('noHistogram', `A stored histogram cannot be read: ${(cause as Error).message}`, {
      hint: 'The result was cut off or edited; copy it again, or run the scenario again.',
      exitCode: exitCodes.usage,
      cause,
    });
  }
}

/**
 * Reads back what `encode` wrote; counts are exact, minimum and maximum are those of their cells. Throws a BenchError (exit
 * 2) for what is none.
 */
export function decodeLatencyCounts(base64: string): LatencyCounts {
  const histogram = decoded(base64);
  const filled: number[] = [];
  const held: number[] = [];
  const sums = { count: 0, minUs: Number.POSITIVE_INFINITY, maxUs: 0, sumUs: 0 };
  // The library has no cell iterator in its types: walk our cells, which are its own, by their lowest value.
  const countAt = (valueUs: number): number =>
    (histogram as unknown as { getCountAtIndex(index: number): number }).getCountAtIndex(cellOf(valueUs));
  for (let cell = 0; cell < cells; cell++) {
    const { lowest, width } = cellRange(cell);
    const count = countAt(lowest);
    if (count === 0) continue;
    filled.push(cell);
    held.push(count);
    sums.count += count;
    sums.sumUs += count * (lowest + (width - 1) / 2);
    sums.minUs = Math.min(sums.minUs, lowest);
    sums.maxUs = Math.min(highestLatencyUs, lowest + width - 1);
  }
  return new LatencyCounts({ ...sums, cells: Uint16Array.from(filled), counts: Float64Array.from(held) });
}
