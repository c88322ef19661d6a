/** What each operation of a worker showed last, by dense sequence: a version, and where it came from. 5 bytes each. */
import type { AnswerFrom } from '../../targets/driver.ts';

const leastLength = 8_192;

/** As it travels. Where `from` is 0 and so is the version nothing is known. */
export interface ShownData {
  readonly versions: Uint32Array;
  readonly from: Uint8Array;
}

export class ShownVersions {
  #versions = new Uint32Array(leastLength);
  #from = new Uint8Array(leastLength);
  #length = 0;

  shown(sequence: number, version: number, from: AnswerFrom): void {
    if (sequence >= this.#from.length) this.#grow(sequence);
    this.#versions[sequence] = version;
    this.#from[sequence] = from;
    this.#length = Math.max(this.#length, sequence + 1);
  }

  #grow(sequence: number): void {
    const length = Math.max(sequence + 1, this.#from.length * 2);
    const [versions, from] = [new Uint32Array(length), new Uint8Array(length)];
    versions.set(this.#versions);
    from.set(this.#from);
    this.#versions = versions;
    this.#from = from;
  }

  toData(): ShownData {
    return { versions: this.#versions.slice(0, this.#length), from: this.#from.slice(0, this.#length) };
  }
}
