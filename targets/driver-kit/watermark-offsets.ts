/** Offsets that may be committed: up to the first message that is still being handled, whatever finished behind it. */

interface Handling {
  readonly offset: bigint;
  readonly leaderEpoch: number;
  done: boolean;
}

export interface CommitPosition {
  readonly partition: number;
  /** The next one to read. */
  readonly offset: bigint;
  readonly leaderEpoch: number;
}

export class WatermarkOffsets {
  readonly #handling = new Map<number, Handling[]>();

  /** Messages of a partition begin in rising order. Call what it returns when the message was handled. */
  begin(partition: number, offset: bigint, leaderEpoch: number): () => void {
    const entry: Handling = { offset, leaderEpoch, done: false };
    const entries = this.#handling.get(partition);
    if (entries === undefined) this.#handling.set(partition, [entry]);
    else entries.push(entry);
    return () => {
      entry.done = true;
    };
  }

  /** What became committable since the last call. */
  take(): CommitPosition[] {
    const positions: CommitPosition[] = [];
    for (const [partition, entries] of this.#handling) {
      const open = entries.findIndex(({ done }) => !done);
      const finished = entries.splice(0, open === -1 ? entries.length : open).at(-1);
      if (finished !== undefined) {
        positions.push({ partition, offset: finished.offset + 1n, leaderEpoch: finished.leaderEpoch });
      }
    }
    return positions;
  }

  /** What was begun of others is nobody's to commit any more. */
  keepOnly(partitions: ReadonlySet<number>): void {
    for (const partition of this.#handling.keys()) if (!partitions.has(partition)) this.#handling.delete(partition);
  }

  clear(): void {
    this.#handling.clear();
  }
}
