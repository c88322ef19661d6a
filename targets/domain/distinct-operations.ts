/** Which different operations came by: what retries repeat counts once. One bit each, in pages made as they are met. */
import type { OperationId } from './operation-id.ts';

const pageBits = 15;
const pageBytes = 2 ** pageBits / 8;

export class DistinctOperations {
  readonly #pages = new Map<number, Uint8Array>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** `sequence`: whole, below 2³². */
  add({ producer, sequence }: OperationId): void {
    const key = keyOf(producer, sequence);
    let page = this.#pages.get(key);
    if (page === undefined) {
      page = new Uint8Array(pageBytes);
      this.#pages.set(key, page);
    }
    const index = (sequence >>> 3) % pageBytes;
    const bit = 1 << (sequence & 7);
    const known = page[index] as number;
    if ((known & bit) !== 0) return;
    page[index] = known | bit;
    this.#count++;
  }

  has({ producer, sequence }: OperationId): boolean {
    const known = this.#pages.get(keyOf(producer, sequence))?.[(sequence >>> 3) % pageBytes] ?? 0;
    return (known & (1 << (sequence & 7))) !== 0;
  }

  /** Page by page, in no order that means anything. */
  *[Symbol.iterator](): Generator<OperationId> {
    for (const [key, page] of this.#pages) {
      const producer = Math.floor(key / pagesOfProducer);
      const first = (key % pagesOfProducer) * 2 ** pageBits;
      for (let at = 0; at < 2 ** pageBits; at++) {
        if (((page[at >>> 3] as number) & (1 << (at & 7))) !== 0) yield { producer, sequence: first + at };
      }
    }
  }
}

const pagesOfProducer = 2 ** (32 - pageBits);

function keyOf(producer: number, sequence: number): number {
  return producer * pagesOfProducer + (sequence >>> pageBits);
}
