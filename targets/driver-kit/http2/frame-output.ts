/** Collects what is sent within one turn of the event loop into one write. */
import type { Socket } from 'node:net';

const chunkBytes = 64 * 1024;
/** Far more than a peer that reads ever leaves unread; what is behind it waits with the session. */
const mostQueuedBytes = 4 * 1024 * 1024;

export class FrameOutput {
  readonly #socket: Socket;
  /** Over TLS a write is never done at once. */
  readonly #alwaysCopies: boolean;
  readonly #flushLater = (): void => this.flush();
  #chunk = Buffer.allocUnsafeSlow(chunkBytes);
  #used = 0;
  #isScheduled = false;

  constructor(socket: Socket, isSecure: boolean) {
    this.#socket = socket;
    this.#alwaysCopies = isSecure;
  }

  /** Room for that many bytes, all of which must be written, at `offset` of `buffer`; it is good until the next call. */
  room(bytes: number): number {
    if (this.#used + bytes > this.#chunk.length) {
      this.flush();
      if (bytes > this.#chunk.length) this.#chunk = Buffer.allocUnsafeSlow(bytes);
    }
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(this.#flushLater);
    }
    const offset = this.#used;
    this.#used += bytes;
    return offset;
  }

  /** The peer reads too slowly for more to be begun, until the socket's `drain`. */
  get isCongested(): boolean {
    return this.#used + this.#socket.writableLength > mostQueuedBytes;
  }

  /** All was handed to the kernel. */
  get isWritten(): boolean {
    return this.#used === 0 && this.#socket.writableLength === 0;
  }

  get buffer(): Buffer {
    return this.#chunk;
  }

  append(bytes: Uint8Array): void {
    const offset = this.room(bytes.length);
    this.#chunk.set(bytes, offset);
  }

  flush(): void {
    this.#isScheduled = false;
    if (this.#used === 0) return;
    const bytes = this.#chunk.subarray(0, this.#used);
    this.#used = 0;
    const socket = this.#socket;
    if (socket.destroyed) return;
    if (this.#alwaysCopies || socket.writableLength > 0) {
      socket.write(Buffer.from(bytes));
      if (this.#chunk.length > chunkBytes) this.#chunk = Buffer.allocUnsafeSlow(chunkBytes);
      return;
    }
    socket.write(bytes);
    // The kernel mostly takes everything at once, and the chunk can be filled again; else it still belongs to the socket.
    if (socket.writableLength > 0 || this.#chunk.length > chunkBytes) this.#chunk = Buffer.allocUnsafeSlow(chunkBytes);
  }
}
