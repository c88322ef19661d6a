/** How far a consumer has got in one topic: what it has begun, and what of it may be committed. */
import { type CommitPosition, type Committable, WatermarkOffsets } from '../driver-kit/watermark-offsets.ts';

export class TopicProgress<Outcome = void> {
  readonly #offsets = new WatermarkOffsets<Outcome>();
  /** By partition the last record that was begun: after a rejoin the group hands out again what is not committed yet. */
  readonly #begun = new Map<number, bigint>();

  /** False: it was begun before. */
  isNew(partition: number, offset: bigint): boolean {
    if (offset <= (this.#begun.get(partition) ?? -1n)) return false;
    this.#begun.set(partition, offset);
    return true;
  }

  /** See WatermarkOffsets. */
  begin(partition: number, offset: bigint, leaderEpoch: number): (outcome: Outcome) => void {
    return this.#offsets.begin(partition, offset, leaderEpoch);
  }

  /** See WatermarkOffsets. */
  ready(): Committable<Outcome>[] {
    return this.#offsets.ready();
  }

  take(): CommitPosition[] {
    return this.#offsets.take();
  }

  /** What is another's by now is that one's to commit. */
  keepOnly(partitions: ReadonlySet<number>): void {
    this.#offsets.keepOnly(partitions);
    for (const partition of this.#begun.keys()) if (!partitions.has(partition)) this.#begun.delete(partition);
  }

  clear(): void {
    this.#offsets.clear();
    this.#begun.clear();
  }
}
