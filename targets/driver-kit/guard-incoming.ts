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
