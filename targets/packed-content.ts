/** The body of an answer that says it is compressed: gathered while it is read, unpacked when it is whole. */
import type { BodyCodec, UnpackProblem } from './body-codec.ts';

export class PackedContent {
  /** As the answer says, in lower case; '': as it is. */
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
  take(bytes: Uint8Array, start: number, end: number): void {
    if (this.encoding !== '' && end > start) this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
  }

  /** Of the whole answer: '' when it unpacks. An answer without content is fine. */
  problem(): '' | UnpackProblem {
    const pieces = this.#pieces;
    const [first] = pieces;
    if (first === undefined) return '';
    this.#pieces = [];
    return this.#codec.problemOf(pieces.length === 1 ? first : Buffer.concat(pieces), this.encoding);
  }
}
