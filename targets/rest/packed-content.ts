/** The body of an answer that says it is compressed: gathered while it is read, unpacked when it is whole. */
import type { BodyCodec } from '../body-codec.ts';

export class PackedContent {
  /** As the answer's head says, in lower case; '': as it is. */
  encoding = '';
  readonly #codec: BodyCodec;
  #pieces: Buffer[] = [];

  constructor(codec: BodyCodec) {
    this.#codec = codec;
  }

  begin(): void {
    this.encoding = '';
    this.#pieces.length = 0;
  }

  /** Copies: the memory is read into again. */
  take(bytes: Buffer, start: number, end: number): void {
    if (this.encoding !== '' && end > start) this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
  }

  /** Of the whole answer: false when it is not what it says it is, or too much. An answer without content is fine. */
  isReadable(): boolean {
    const pieces = this.#pieces;
    const [first] = pieces;
    if (first === undefined) return true;
    this.#pieces = [];
    try {
      this.#codec.unpack(pieces.length === 1 ? first : Buffer.concat(pieces), this.encoding);
      return true;
    } catch {
      return false;
    }
  }
}
