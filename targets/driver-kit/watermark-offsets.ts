/** Offsets that may be committed: up to the first message that is still being handled, whatever finished behind it. */

interface Handling<Outcome> {
  readonly offset: bigint;
  readonly leaderEpoch: number;
  /** null: not done. */
  done: { readonly outcome: Outcome } | null;
}

export interface CommitPosition {
  readonly partition: number;
  /** The next one to read. */
  readonly offset: bigint;
  readonly leaderEpoch: number;
}

/** What may be committed of one partition. */
export interface Committable<Outcome> {
  readonly position: CommitPosition;
  /** Of each message, in their order. */
  readonly outcomes: readonly Outcome[];
  /** Once it is committed. Until then it is there again with each look. */
  forget(): void;
}

export class WatermarkOffsets<Outcome = void> {
  readonly #handling = new Map<number, Handling<Outcome>[]>();

  /** Messages of a partition begin in rising order. Call what it returns when the message was handled. */
  begin(partition: number, offset: bigint, leaderEpoch: number): (outcome: Outcome) => void {
    const entry: Handling<Outcome> = { offset, leaderEpoch, done: null };
    const entries = this.#handling.get(partition);
    if (entries === undefined) this.#handling.set(partition, [entry]);
    else entries.push(entry);
    return (outcome) => {
      entry.done = { outcome };
    };
  }

  /** What is committable by now. */
  ready(): Committable<Outcome>[] {
    const ready: Committable<Outcome>[] = [];
    for (const [partition, entries] of this.#handling) {
      const outcomes: Outcome[] = [];
      for (const { done } of entries) {
        if (done === null) break;
        outcomes.push(done.outcome);
      }
      const last = entries[outcomes.length - 1];
      if (last === undefined) continue;
      const position = { partition, offset: last.offset + 1n, leaderEpoch: last.leaderEpoch };
      ready.push({ position, outcomes, forget: () => void entries.splice(0, outcomes.length) });
    }
    return ready;
  }

  /** What became committable since the last call. */
  take(): CommitPosition[] {
    return this.ready().map(({ position, forget }) => {
      forget();
      return position;
    });
  }

  /** What was begun of others is nobody's to commit any more. */
  keepOnly(partitions: ReadonlySet<number>): void {
    for (const partition of this.#handling.keys()) if (!partitions.has(partition)) this.#handling.delete(partition);
  }

  clear(): void {
    this.#handling.clear();
  }
}
