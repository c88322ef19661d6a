/**
 * Bounds what one consumer has taken and not done: a stream that goes on flowing would fill the memory of its service
 * with what the broker keeps just as well. Stopped at `most`, it flows again at half, so that it does not stop at each.
 */
export interface Flowing {
  pause(): unknown;
  resume(): unknown;
}

export class RecordsInHand {
  readonly #stream: Flowing;
  readonly #most: number;
  #count = 0;
  #isPaused = false;
  #isHeld = false;
  #isOver = false;
  #emptied = () => {};

  constructor(stream: Flowing, most: number) {
    this.#stream = stream;
    this.#most = most;
  }

  /** The consumer was replaced: what was in hand comes again. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Call what it returns once, when the record is done with. */
  take(): () => void {
    this.#count++;
    if (this.#count >= this.#most && !this.#isPaused) {
      this.#isPaused = true;
      this.#stream.pause();
    }
    return () => {
      this.#count--;
      if (this.#count === 0) this.#emptied();
      if (!this.#isPaused || this.#isOver || this.#count > this.#most / 2) return;
      this.#isPaused = false;
      if (!this.#isHeld) this.#stream.resume();
    };
  }

  /** Resolves when nothing is in hand; hold it before, or that may never be. */
  async empty(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
  }

  /** Held, it does not flow, however little is in hand. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) this.#stream.pause();
    else if (!this.#isPaused && !this.#isOver) this.#stream.resume();
  }

  end(): void {
    this.#isOver = true;
  }
}

export interface EndingStream extends Flowing {
  on(event: 'error' | 'close', listener: () => void): unknown;
}

/** In hand of a consumer's stream until that ends: `lost` is called then, once, unless the service itself is closed. */
export function recordsInHandOf(
  stream: EndingStream,
  most: number,
  { isClosed, lost }: { readonly isClosed: () => boolean; readonly lost: () => void },
): RecordsInHand {
  const inHand = new RecordsInHand(stream, most);
  const end = () => {
    if (inHand.isOver || isClosed()) return;
    inHand.end();
    lost();
  };
  stream.on('error', end);
  stream.on('close', end);
  return inHand;
}
