/**
 * A channel of a cluster that is refused all it publishes: it may hold on to a leader that is gone, where a new one would
 * find the one of now. A full queue refuses some and takes others.
 */
const longestMs = 1_000;

export class RefusedPublishes {
  /** null: what came last was taken, or nothing has come. */
  #sinceMs: number | null = null;

  /** One was taken, or the channel is new. */
  end(): void {
    this.#sinceMs = null;
  }

  /** One was refused. True when nothing but refusals has come for a second: a new channel is worth a try, and counts anew. */
  add(nowMs: number): boolean {
    this.#sinceMs ??= nowMs;
    if (nowMs - this.#sinceMs < longestMs) return false;
    this.#sinceMs = null;
    return true;
  }
}
