/** The body of an answer that somebody wants: gathered while it is read, unpacked where it says that it is compressed. */
import { type BodyCodec, isTooLarge, type UnpackProblem } from './body-codec.ts';

const nothing = Buffer.alloc(0);

export class PackedContent {
  /** As the answer says, in lower case; '': as it is. */
  encoding = '';
  /** Of the last answer without a problem, unpacked; empty unless bodies are kept. */
  body: Buffer = nothing;
  readonly #codec: BodyCodec | null;
  readonly #keeps: boolean;
  #pieces: Buffer[] = [];

  /** `codec` unpacks; null: what is compressed cannot be read. `keeps`: bodies are wanted, not just that they unpack. */
  constructor(codec: BodyCodec | null, keeps = false) {
    this.#codec = codec;
    this.#keeps = keeps;
  }

  /** null: nobody wants the bodies. */
  static of(codec: BodyCodec | null, keeps: boolean): PackedContent | null {
    return codec === null && !keeps ? null : new PackedContent(codec, keeps);
  }

  begin(): void {
    this.encoding = '';
    this.#pieces.length = 0;
  }

  /** Copies: the memory is read into again. */
  take(bytes: Uint8Array, start: number, end: number): void {
    if ((this.#keeps || this.encoding !== '') && end > start) {
      this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
    }
  }

  /** Of the whole answer: '' when it unpacks. An answer without content is fine. */
  problem(): '' | UnpackProblem {
    const pieces = this.#pieces;
    this.body = nothing;
    const [first] = pieces;
    if (first === undefined) return '';
    this.#pieces = [];
    const whole = pieces.length === 1 ? first : Buffer.concat(pieces);
    try {
      const plain = this.encoding === '' ? whole : this.#unpack(whole);
      if (this.#keeps) this.body = plain;
      return '';
    } catch (error) {
      return isTooLarge(error) ? 'oversized answer' : 'malformed answer';
    }
  }

  #unpack(packed: Buffer): Buffer {
    if (this.#codec === null) throw new Error(`nobody asked for ${this.encoding}`);
    return this.#codec.unpack(packed, this.encoding);
  }
}
