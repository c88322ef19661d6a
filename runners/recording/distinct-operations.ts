/** How many different operations came by: what retries repeat counts once. One bit each, in pages made as they are met. */
const pageBits = 15;
const pageBytes = 2 ** pageBits / 8;

export class DistinctOperations {
  readonly #pages = new Map<number, Uint8Array>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** `sequence`: whole, below 2³². */
  add({ producer, sequence }: { readonly producer: number; readonly sequence: number }): void {
    const key = producer * 2 ** (32 - pageBits) + (sequence >>> pageBits);
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
}
