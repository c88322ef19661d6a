/**
 * How much of the messages a peer takes for now, RFC 9113 §5.2: a window for the connection and one for each stream.
 * What does not fit waits here, first come first served; a stream whose own window is shut lets others pass.
 */
import { defaultWindowBytes, Http2Error, largestWindowBytes } from './http2-frames.ts';

/** The message of a stream, as far as it was not sent at once, and those behind it. */
export interface UnsentMessage {
  readonly id: number;
  sendWindow: number;
  unsent: Buffer | null;
  unsentFrom: number;
  readonly following: Buffer[];
  /** No more messages come. */
  isComplete: boolean;
}

export class SendWindows<Stream extends UnsentMessage> {
  readonly #send: (stream: Stream, from: number, to: number, isLast: boolean) => void;
  readonly #waiting: Stream[] = [];
  #connection = defaultWindowBytes;
  #initial = defaultWindowBytes;

  /** `send` writes that part of `stream.unsent`. */
  constructor(send: (stream: Stream, from: number, to: number, isLast: boolean) => void) {
    this.#send = send;
  }

  /** What a new stream may send. */
  get initial(): number {
    return this.#initial;
  }

  /** Takes the whole message from both windows if it fits and nobody waits; false: `queue` it. */
  takeAtOnce(stream: Stream, bytes: number): boolean {
    if (this.#waiting.length > 0 || bytes > this.#connection || bytes > stream.sendWindow) return false;
    this.#connection -= bytes;
    stream.sendWindow -= bytes;
    return true;
  }

  queue(stream: Stream, message: Buffer): void {
    if (stream.unsent !== null) {
      stream.following.push(message);
      return;
    }
    stream.unsent = message;
    stream.unsentFrom = 0;
    this.#waiting.push(stream);
    if (this.#connection > 0) this.#pump();
  }

  /** The stream is over. */
  forget(stream: Stream): void {
    if (stream.unsent === null) return;
    stream.unsent = null;
    if (stream.following.length > 0) stream.following.length = 0;
    const at = this.#waiting.indexOf(stream);
    if (at !== -1) this.#waiting.splice(at, 1);
  }

  /** Throws an Http2Error when the window overflows. */
  widenConnection(bytes: number): void {
    this.#connection += bytes;
    if (this.#connection > largestWindowBytes) throw new Http2Error('connection window overflow');
    this.#pump();
  }

  /** False when the window overflows, which costs the stream its life. */
  widenStream(stream: Stream, bytes: number): boolean {
    stream.sendWindow += bytes;
    if (stream.sendWindow > largestWindowBytes) return false;
    if (stream.unsent !== null) this.#pump();
    return true;
  }

  /** SETTINGS_INITIAL_WINDOW_SIZE also moves the windows of open streams, below zero perhaps. */
  changeInitial(bytes: number, open: Iterable<Stream>): void {
    const difference = bytes - this.#initial;
    this.#initial = bytes;
    for (const stream of open) {
      stream.sendWindow += difference;
      if (stream.sendWindow > largestWindowBytes) throw new Http2Error('stream window overflow');
    }
    this.#pump();
  }

  #pump(): void {
    const waiting = this.#waiting;
    let kept = 0;
    for (let n = 0; n < waiting.length; n++) {
      const stream = waiting[n] as Stream;
      while (stream.unsent !== null && this.#connection > 0 && stream.sendWindow > 0) this.#sendSome(stream);
      if (stream.unsent !== null) waiting[kept++] = stream;
      if (this.#connection === 0 && kept === n + 1) return; // nobody has left, nobody can send
    }
    waiting.length = kept;
  }

  #sendSome(stream: Stream): void {
    const message = stream.unsent as Buffer;
    const from = stream.unsentFrom;
    const to = Math.min(message.length, from + Math.min(this.#connection, stream.sendWindow));
    this.#connection -= to - from;
    stream.sendWindow -= to - from;
    stream.unsentFrom = to;
    const isWhole = to === message.length;
    this.#send(stream, from, to, isWhole && stream.isComplete && stream.following.length === 0);
    if (!isWhole) return;
    stream.unsent = stream.following.shift() ?? null;
    stream.unsentFrom = 0;
  }
}
