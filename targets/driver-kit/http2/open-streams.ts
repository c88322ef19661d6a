/** The streams of one HTTP/2 connection, as its client: odd numbers, each used once. */
import { Http2Error, largestStreamId } from './http2-frames.ts';

export class OpenStreams<Stream extends { id: number }> {
  readonly #open = new Map<number, Stream>();
  #nextId: number;

  constructor(firstId: number) {
    this.#nextId = firstId;
  }

  get size(): number {
    return this.#open.size;
  }

  /** There is no number left for another. */
  get isUsedUp(): boolean {
    return this.#nextId > largestStreamId;
  }

  /** Numbers the stream. */
  begin(stream: Stream): void {
    stream.id = this.#nextId;
    this.#nextId += 2;
    this.#open.set(stream.id, stream);
  }

  end(stream: Stream): void {
    this.#open.delete(stream.id);
    stream.id = 0;
  }

  /** undefined: it is over on our side. Throws an Http2Error for a stream that never was. */
  of(id: number): Stream | undefined {
    const stream = this.#open.get(id);
    if (stream === undefined && (id === 0 || (id & 1) === 0 || id >= this.#nextId)) {
      throw new Http2Error(`frame for the stream ${id}, which was never opened`);
    }
    return stream;
  }

  /** As they are now: they may end while one goes through them. */
  all(): Stream[] {
    return [...this.#open.values()];
  }
}
