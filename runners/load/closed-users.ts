/** The closed model: each user starts its next operation a think time after the last one ended. */
import type { UserStage } from '../../scenarios/scenario.ts';

/** How many users there are, `offsetMs` from the end of warm-up; before it as many as the first stage begins with, one at least. */
export function usersAt(stages: readonly UserStage[], offsetMs: number): number {
  const [first] = stages;
  if (offsetMs < 0) return Math.max(1, first?.fromUsers ?? 1);
  let begunMs = 0;
  for (const { forMs, fromUsers, toUsers } of stages) {
    const share = (offsetMs - begunMs) / forMs;
    if (share < 1) return Math.round(fromUsers + (toUsers - fromUsers) * share);
    begunMs += forMs;
  }
  return stages.at(-1)?.toUsers ?? 0;
}

export class ClosedUsers {
  readonly #users: number;
  readonly #thinkTimeUs: number;
  #start: ((readyUs: number) => void) | null = null;
  /** Times at which a thinking user is ready, in rising order: the think time is the same for all. */
  #thinking: number[] = [];
  #thinkingFrom = 0;
  #scheduled = false;
  #refused = 0;
  /** How many there are to be at a time; null: always all. */
  readonly #wanted: ((nowUs: number) => number) | null;
  #active = 0;

  constructor(users: number, thinkTimeMs: number, wanted: ((nowUs: number) => number) | null = null) {
    this.#wanted = wanted;
    this.#users = users;
    this.#thinkTimeUs = thinkTimeMs * 1e3;
  }

  /** `start` begins one operation for a user that is ready since `readyUs`: its intended start. */
  begin(startUs: number, start: (readyUs: number) => void): void {
    this.#start = start;
    this.#active = Math.min(this.#users, this.#wanted?.(startUs) ?? this.#users);
    for (let user = 0; user < this.#active; user++) this.#thinking.push(startUs);
  }

  /** One user's operation ended. Its next one never starts within the driver's own callback. */
  free(nowUs: number): void {
    if (this.#leaves(nowUs)) return;
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
    if (this.#leaves(nowUs)) return;
    if (this.#thinkTimeUs > 0) this.#thinking.push(nowUs + this.#thinkTimeUs);
    else this.#refused++;
  }

  /** One who is too many goes once the answer is there. */
  #leaves(nowUs: number): boolean {
    if (this.#wanted === null || this.#active <= this.#wanted(nowUs)) return false;
    this.#active--;
    return true;
  }

  #join(nowUs: number): void {
    if (this.#wanted === null) return;
    const wanted = Math.min(this.#users, this.#wanted(nowUs));
    for (; this.#active < wanted; this.#active++) this.#start?.(nowUs);
  }

  /** To be called every few milliseconds. */
  tick(nowUs: number): void {
    const refused = this.#refused;
    this.#refused = 0;
    this.advance(nowUs);
    for (let user = 0; user < refused; user++) this.#start?.(nowUs);
    this.#join(nowUs);
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
