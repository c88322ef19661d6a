/**
 * Messages by permessage-deflate (RFC 7692), at once and on the thread: minizlib drives Node's own zlib without the way
 * to the thread pool and back. With context takeover each message refers to those before it, so one of these belongs to
 * one connection, and holds some 300 KiB; without it one serves them all.
 */
import { constants, DeflateRaw, InflateRaw } from 'minizlib';
import type { BodyCounter } from '../../result/body-bytes.ts';
import type { MessageCompression } from '../../scenarios/scenario.ts';
import type { UnpackProblem } from '../driver-kit/body-codec.ts';
import { longestMessageBytes } from './frame-reader.ts';

/** What every flush ends with, and messages leave out (§7.2.1). */
const tail = Buffer.from([0x00, 0x00, 0xff, 0xff]);
/** Of an empty message (§7.2.3.6). */
const emptyBlock = Buffer.from([0x00]);
/** What an empty message may be packed to. */
const longestEmptyBytes = 2;
/** So little is unpacked between two looks at the bound: at most some 16 MiB. */
const stepBytes = 16 * 1024;
const usualLevel = 6;

/** The parameters that both sides agreed on. */
export interface DeflateAgreement {
  readonly clientTakeover: boolean;
  readonly serverTakeover: boolean;
}

export class MessageDeflate {
  readonly #agreement: DeflateAgreement;
  readonly #counter: BodyCounter;
  readonly #deflate: DeflateRaw;
  #inflate: InflateRaw;
  #packed: Buffer[] = [];
  #plain: Buffer[] = [];
  #plainBytes = 0;
  /** Something that was no deflate came: this inflate is of no more use. */
  #isBroken = false;

  constructor({ level = usualLevel }: MessageCompression, agreement: DeflateAgreement, counter: BodyCounter) {
    this.#agreement = agreement;
    this.#counter = counter;
    this.#deflate = new DeflateRaw({ level, flush: constants.Z_SYNC_FLUSH });
    this.#deflate.on('data', (piece: Buffer) => this.#packed.push(piece));
    this.#inflate = this.#createInflate();
  }

  #createInflate(): InflateRaw {
    this.#isBroken = false;
    const inflate = new InflateRaw({ flush: constants.Z_SYNC_FLUSH });
    inflate.on('data', (piece: Buffer) => {
      this.#plain.push(piece);
      this.#plainBytes += piece.length;
    });
    inflate.on('error', () => {
      this.#isBroken = true;
    });
    return inflate;
  }

  pack(plain: Buffer): Buffer {
    if (plain.length === 0) return emptyBlock;
    if (!this.#agreement.clientTakeover) this.#deflate.reset();
    this.#packed = [];
    this.#deflate.write(plain);
    const whole = joined(this.#packed);
    const packed = whole.subarray(0, whole.length - tail.length);
    this.#counter.up(plain.length, packed.length);
    return packed;
  }

  /** The plain message, or why the connection is of no more use. */
  unpack(packed: Buffer): Buffer | UnpackProblem {
    if (!this.#agreement.serverTakeover) {
      if (this.#isBroken) this.#inflate = this.#createInflate();
      else this.#inflate.reset();
    }
    const problem = this.#inflateAll(packed);
    if (problem !== '') return problem;
    if (this.#plainBytes === 0 && packed.length > longestEmptyBytes) {
      // An earlier message closed its stream (§7.2.3.4): what follows begins another one.
      this.#inflate = this.#createInflate();
      const second = this.#inflateAll(packed);
      if (second !== '') return second;
    }
    this.#counter.down(this.#plainBytes, packed.length);
    return joined(this.#plain);
  }

  #inflateAll(packed: Buffer): '' | UnpackProblem {
    this.#plain = [];
    this.#plainBytes = 0;
    for (let at = 0; at < packed.length && !this.#isBroken; at += stepBytes) {
      this.#inflate.write(packed.subarray(at, at + stepBytes));
      if (this.#plainBytes > longestMessageBytes) return 'oversized answer';
    }
    if (!this.#isBroken) this.#inflate.write(tail);
    return this.#isBroken ? 'malformed answer' : '';
  }

  close(): void {
    this.#deflate.close();
    this.#inflate.close();
  }
}

function joined(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
}
