/** Header blocks out of HEADERS and CONTINUATION frames, each read when it is whole. */
import { type HeaderSink, HpackDecoder } from './hpack-decoder.ts';
import { frameFlags, frameTypes, Http2Error, unpaddedEnd } from './http2-frames.ts';

const largestBlockBytes = 64 * 1024;
const mostPieces = 64;
const priorityBytes = 5;
const unread: HeaderSink = { header: () => undefined };

export class HeaderBlocks {
  readonly #decoder = new HpackDecoder();
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Of the block that goes on in the next frame; 0: none does. */
  #streamId = 0;
  #isLast = false;

  /** Throws an Http2Error when this frame may not come now. */
  expect(type: number, streamId: number): void {
    if (this.#streamId === 0) {
      if (type === frameTypes.continuation) throw new Http2Error('CONTINUATION of nothing');
    } else if (type !== frameTypes.continuation || streamId !== this.#streamId) {
      throw new Http2Error('a header block was interrupted');
    }
  }

  /**
   * Takes a HEADERS or CONTINUATION frame. When that makes a block whole its fields go to `sink`, and it returns
   * whether the block ends the stream; null before. Without a sink it is read all the same, since each block moves the
   * table that later ones refer to.
   */
  add(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
    sink: HeaderSink = unread,
  ): boolean | null {
    let from = start;
    let to = end;
    if (type === frameTypes.headers) {
      this.#isLast = (flags & frameFlags.endStream) !== 0;
      if ((flags & frameFlags.padded) !== 0) {
        to = unpaddedEnd(bytes, start, end);
        from++;
      }
      if ((flags & frameFlags.priority) !== 0) from += priorityBytes;
      if (from > to) throw new Http2Error('malformed HEADERS');
    }
    const isWhole = (flags & frameFlags.endHeaders) !== 0;
    if (isWhole && this.#streamId === 0) this.#decoder.decode(bytes, from, to, sink);
    else this.#collect(streamId, bytes.subarray(from, to), isWhole, sink);
    return isWhole ? this.#isLast : null;
  }

  #collect(streamId: number, piece: Buffer, isWhole: boolean, sink: HeaderSink): void {
    this.#bytes += piece.length;
    this.#pieces.push(Buffer.from(piece));
    if (this.#bytes > largestBlockBytes || this.#pieces.length > mostPieces) throw new Http2Error('endless headers');
    this.#streamId = isWhole ? 0 : streamId;
    if (!isWhole) return;
    const block = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    this.#decoder.decode(block, 0, block.length, sink);
  }
}
