/** The closed model: each user starts its next operation a think time after the last one ended. */

export class ClosedUsers {
  readonly #users: number;
  readonly #thinkTimeUs: number;
  #start: ((readyUs: number) => void) | null = null;
  /** Times at which a thinking user is ready, in rising order: the think time is the same for all. */
  #thinking: number[] = [];
  #thinkingFrom = 0;
  #scheduled = false;
  #refused = 0;

  constructor(users: number, thinkTimeMs: number) {
    this.#users = users;
    this.#thinkTimeUs = thinkTimeMs * 1e3;
  }

  /** `start` begins one operation for a user that is ready since `readyUs`: its intended start. */
  begin(startUs: number, start: (readyUs: number) => void): void {
    this.#start = start;
    for (let user = 0; user < this.#users; user++) this.#thinking.push(startUs);
  }

  /** One user's operation ended. Its next one never starts within the driver's own callback. */
  free(nowUs: number): void {
    this.#thinking.push(nowUs + this.#thinkTimeUs);
    if (this.#thinkTimeUs > 0 || this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.advance(nowUs);
    });
  }

  /**
   * One user's operation was refused by the client itself. Without think time its next one begins with the next tick, and
   * is due only then: refused at once and begun at once would be a loop without end.
   */
  refused(nowUs: number): void {
    if (this.#thinkTimeUs > 0) this.#thinking.push(nowUs + this.#thinkTimeUs);
    else this.#refused++;
  }

  /** To be called every few milliseconds. */
  tick(nowUs: number): void {
    const refused = this.#refused;
    this.#refused = 0;
    this.advance(nowUs);
    for (let user = 0; user < refused; user++) this.#start?.(nowUs);
  }

  /** Starts all that are ready at `nowUs`. */
  advance(nowUs: number): void {
    while (this.#thinkingFrom < this.#thinking.length) {
      const readyUs = this.#thinking[this.#thinkingFrom] as number;
      if (readyUs > nowUs) break;
      this.#thinkingFrom++;
      this.#start?.(readyUs);
    }
    if (this.#thinkingFrom > 1024 || this.#thinkingFrom === this.#thinking.length) {
      this.#thinking = this.#thinking.slice(this.#thinkingFrom);
      this.#thinkingFrom = 0;
    }
  }
}
