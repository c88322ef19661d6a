/** The answers that one client keeps: bounded by number and bytes, what was not used for longest goes first. */

export interface KeptAnswer {
  /** To ask with whether it still holds; null: it can only be fetched anew. */
  readonly tag: string | null;
  /** 0: not known. */
  readonly version: number;
  readonly body: Buffer;
  /** As its head said. */
  readonly maxAgeSeconds: number;
  /** Monotonic µs until which it may be shown without asking. */
  readonly freshUntilUs: number;
  /** When it was asked for. */
  readonly askedUs: number;
}

export interface CacheBounds {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** Changes of its own that a client remembers by address, for the answers to what it asked before them. */
const mostChanges = 100;

export class ClientCache {
  readonly #bounds: CacheBounds;
  /** In the order of their last use. */
  readonly #kept = new Map<string, KeptAnswer>();
  /** When each was changed, by address, the latest last; what was asked before `#forgottenUs` may be older than any. */
  readonly #changedUs = new Map<string, number>();
  #forgottenUs = Number.NEGATIVE_INFINITY;
  #bytes = 0;
  #evicted = 0;

  constructor(bounds: CacheBounds) {
    this.#bounds = bounds;
  }

  get entries(): number {
    return this.#kept.size;
  }

  /** Of addresses, tags and bodies. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What had to go for others. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Used now. */
  get(address: string): KeptAnswer | null {
    const found = this.#kept.get(address);
    if (found === undefined) return null;
    this.#kept.delete(address);
    this.#kept.set(address, found);
    return found;
  }

  /**
   * In the place of what there was, unless that was asked for later, or the client has changed it since. What is larger than
   * the whole cache is not kept.
   */
  keep(address: string, answer: KeptAnswer): void {
    const before = this.#kept.get(address);
    if (before !== undefined && before.askedUs > answer.askedUs) return;
    if (answer.askedUs <= (this.#changedUs.get(address) ?? this.#forgottenUs)) return;
    this.drop(address);
    const bytes = bytesOf(address, answer);
    if (bytes > this.#bounds.maxBytes) return;
    this.#kept.set(address, answer);
    this.#bytes += bytes;
    while (this.#kept.size > this.#bounds.maxEntries || this.#bytes > this.#bounds.maxBytes) this.#evict();
  }

  /** By the client itself, at `atUs`: what it has of it goes (RFC 9111 §4.4), and what it has asked for is not kept. */
  changed(address: string, atUs: number): void {
    this.drop(address);
    this.#changedUs.delete(address);
    this.#changedUs.set(address, atUs);
    if (this.#changedUs.size <= mostChanges) return;
    const [oldest = '', oldestUs = atUs] = this.#changedUs.entries().next().value ?? [];
    this.#changedUs.delete(oldest);
    this.#forgottenUs = oldestUs;
  }

  drop(address: string): void {
    const found = this.#kept.get(address);
    if (found === undefined) return;
    this.#kept.delete(address);
    this.#bytes -= bytesOf(address, found);
  }

  #evict(): void {
    const oldest = this.#kept.keys().next().value;
    if (oldest === undefined) return;
    this.drop(oldest);
    this.#evicted++;
  }
}

function bytesOf(address: string, { tag, body }: KeptAnswer): number {
  return address.length + (tag?.length ?? 0) + body.length;
}
