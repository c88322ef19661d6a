/**
 * A look at what a library's socket receives before the library does: some hold whatever a peer announces, and throw at
 * what is no answer of their protocol.
 */
import type { Socket } from 'node:net';

/** The frames of one connection, by their lengths. */
export interface IncomingFrames {
  /** False: no peer of this protocol sends that, or more than anybody takes. Called with all that comes, in order. */
  accept(chunk: Buffer): boolean;
}

/** Of a head that is not accepted. */
export const refused = -1;

/** Frames of which only the head is judged: what is behind it goes by. */
export abstract class HeadedFrames implements IncomingFrames {
  /** Bytes of the present frame that are still to come, and are not looked at. */
  #left = 0;

  accept(chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length; ) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, chunk.length - at);
        this.#left -= skipped;
        at += skipped;
        continue;
      }
      at += this.takeHead(chunk, at);
      const left = this.endOfHead();
      if (left === null) continue;
      if (left === refused) return false;
      this.#left = left;
    }
    return true;
  }

  /** Takes of a head what `chunk` has from `at` on: how many bytes that was, one at least. */
  protected abstract takeHead(chunk: Buffer, at: number): number;
  /** The bytes behind the head; null: it is not whole yet; `refused`. A whole head is forgotten. */
  protected abstract endOfHead(): number | null;
}

export const malformedAnswer = 'malformed answer';

/** The socket is destroyed with an error of that message instead of handing on what `frames` does not accept. */
export function guardIncoming(socket: Socket, frames: IncomingFrames, onMalformed: () => void = () => undefined): void {
  const push = socket.push.bind(socket);
  socket.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (!(chunk instanceof Uint8Array) || frames.accept(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))) {
      return push(chunk, encoding);
    }
    onMalformed();
    socket.destroy(new Error(malformedAnswer));
    return false;
  };
}
