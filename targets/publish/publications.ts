/**
 * What a service publishes, and to whom: each event has a position, is written to all listeners in the order of these, and
 * is kept for a while for those that come again. What a listener does not read waits here up to a limit.
 */
import type { PushOverflow, PushSettings } from '../../scenarios/push-settings.ts';

export interface Published {
  /** `id` of the operation that published it. */
  readonly id: string;
  readonly payload: string;
}

/** Written once, whoever listens. */
export class PublishedEvent implements Published {
  /** From 1, without gaps. */
  readonly position: number;
  readonly id: string;
  readonly payload: string;
  #encoded: Buffer | null = null;

  constructor(position: number, { id, payload }: Published) {
    this.position = position;
    this.id = id;
    this.payload = payload;
  }

  /** As the service's protocol has it; `encode` is asked once. */
  encodedBy(encode: (event: PublishedEvent) => Buffer): Buffer {
    this.#encoded ??= encode(this);
    return this.#encoded;
  }
}

/** A connection that listens. */
export interface Listener {
  /** Never throws; `written`: once it is the kernel's or lost, never before this returns. Returns its length in bytes. */
  write(event: PublishedEvent, written: () => void): number;
  /** Closes it at once. */
  cutOff(): void;
}

/** What listeners that read too slowly made of it. */
export interface OverflowCounts {
  /** Deliveries that were left out. */
  dropped: number;
  disconnected: number;
  /** In which somebody held up all others. */
  blockedMs: number;
}

class Listening {
  readonly listener: Listener;
  /** Of the last event that it was given, or that was left out for it. */
  position: number;
  waitingBytes = 0;
  /** What was published before it came is not new to it: there its backlog is no fault of its reading. */
  isLive: boolean;

  constructor(listener: Listener, position: number, isLive: boolean) {
    this.listener = listener;
    this.position = position;
    this.isLive = isLive;
  }
}

export class Publications {
  readonly #log: number;
  readonly #bufferBytes: number;
  readonly #overflow: PushOverflow;
  readonly #closeAfterMs: number | null;
  /** The last ones, the oldest first. */
  #kept: PublishedEvent[] = [];
  /** Published, and held up by somebody (overflow: block), the oldest first. */
  readonly #held: PublishedEvent[] = [];
  #heldSinceMs = 0;
  #last = 0;
  readonly #listening = new Map<Listener, Listening>();
  readonly overflow: OverflowCounts = { dropped: 0, disconnected: 0, blockedMs: 0 };

  constructor({ log, bufferBytes, overflow, closeAfterMs }: PushSettings) {
    this.#log = log;
    this.#bufferBytes = bufferBytes;
    this.#overflow = overflow;
    this.#closeAfterMs = closeAfterMs ?? null;
  }

  /** Of the last event that is out; 0: none is. */
  get last(): number {
    return this.#last;
  }

  publish(published: Published): void {
    const event = new PublishedEvent(this.#last + this.#held.length + 1, published);
    if (this.#held.length > 0 || this.#isBlocked()) {
      if (this.#held.length === 0) this.#heldSinceMs = performance.now();
      this.#held.push(event);
    } else this.#release(event);
  }

  /** `after`: the last position that it has had; null: it begins with what is published next. Returns that which it begins after. */
  join(listener: Listener, after: number | null): number {
    // A position that this process never gave is of an earlier life: all that there is is new to it.
    const asked = after === null ? this.#last : after > this.#last ? 0 : after;
    const position = Math.max(asked, this.#last - this.#kept.length);
    const listening = new Listening(listener, position, position === this.#last);
    this.#listening.set(listener, listening);
    if (this.#closeAfterMs !== null) setTimeout(() => this.#cutOff(listening), this.#closeAfterMs).unref();
    if (!listening.isLive) setImmediate(() => this.#catchUp(listening)); // its subscription is answered first
    return position;
  }

  leave(listener: Listener): void {
    this.#listening.delete(listener);
    this.#letGo();
  }

  /** For those that ask: what is kept behind this position, the oldest first, `most` at most. */
  since(after: number, most: number): readonly PublishedEvent[] {
    const first = this.#last - this.#kept.length;
    const from = after > this.#last ? 0 : Math.max(0, after - first);
    return this.#kept.slice(from, from + most);
  }

  #release(event: PublishedEvent): void {
    this.#last = event.position;
    if (this.#log > 0) {
      this.#kept.push(event);
      if (this.#kept.length >= this.#log * 2) this.#kept = this.#kept.slice(-this.#log);
    }
    for (const listening of this.#listening.values()) if (listening.isLive) this.#give(listening, event);
  }

  #give(listening: Listening, event: PublishedEvent): void {
    if (this.#isFull(listening)) {
      if (this.#overflow === 'disconnect') {
        this.overflow.disconnected++;
        this.#cutOff(listening);
        return;
      }
      if (this.#overflow === 'drop') {
        this.overflow.dropped++;
        listening.position = event.position;
        return;
      }
    }
    this.#write(listening, event);
  }

  #write(listening: Listening, event: PublishedEvent): void {
    listening.position = event.position;
    const bytes = listening.listener.write(event, () => {
      listening.waitingBytes -= bytes;
      if (!listening.isLive) this.#catchUp(listening);
      else this.#letGo();
    });
    listening.waitingBytes += bytes;
  }

  /** From the log, no faster than it is read. */
  #catchUp(listening: Listening): void {
    while (this.#listening.has(listening.listener) && !listening.isLive && !this.#isFull(listening)) {
      const [next] = this.since(listening.position, 1);
      if (next === undefined) listening.isLive = true;
      else this.#write(listening, next);
    }
  }

  #isFull({ waitingBytes }: Listening): boolean {
    return waitingBytes > this.#bufferBytes;
  }

  #isBlocked(): boolean {
    if (this.#overflow !== 'block') return false;
    for (const listening of this.#listening.values()) if (listening.isLive && this.#isFull(listening)) return true;
    return false;
  }

  /** What was held up goes out until somebody is full again. */
  #letGo(): void {
    if (this.#held.length === 0) return;
    while (this.#held.length > 0 && !this.#isBlocked()) this.#release(this.#held.shift() as PublishedEvent);
    if (this.#held.length > 0) return;
    this.overflow.blockedMs += performance.now() - this.#heldSinceMs;
  }

  #cutOff(listening: Listening): void {
    if (!this.#listening.delete(listening.listener)) return;
    listening.listener.cutOff();
    this.#letGo();
  }
}
