/** How far a consumer has got in one topic: what it has begun, and what of it may be committed. */
import { type CommitPosition, type Committable, WatermarkOffsets } from '../driver-kit/watermark-offsets.ts';

export class TopicProgress<Outcome = void> {
  readonly #offsets = new WatermarkOffsets<Outcome>();
  /** By partition the last record that was begun: after a rejoin the group hands out again what is not committed yet. */
  readonly #begun = new Map<number, bigint>();
  /** null: not known yet. */
  #own: ReadonlySet<number> | null = null;

  /** False of what was fetched before the partition became another's. */
  isOwn(partition: number): boolean {
    return this.#own?.has(partition) ?? true;
  }

  /** False: it was begun before. */
  isNew(partition: number, offset: bigint): boolean {
    if (offset <= (this.#begun.get(partition) ?? -1n)) return false;
    this.#begun.set(partition, offset);
    return true;
  }

  /** Where a partition is to be read from. One that it is in the middle of stays as it is. */
  expect(partition: number, offset: bigint): void {
    if (!this.#begun.has(partition)) this.#begun.set(partition, offset - 1n);
  }

  /** Of a topic without gaps. null: nobody knows yet where the partition is to be read from. */
  isNext(partition: number, offset: bigint): boolean | null {
    const begun = this.#begun.get(partition);
    return begun === undefined ? null : offset === begun + 1n;
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
    this.#own = partitions;
    this.#offsets.keepOnly(partitions);
    for (const partition of this.#begun.keys()) if (!partitions.has(partition)) this.#begun.delete(partition);
  }

  clear(): void {
    this.#own = null;
    this.#offsets.clear();
    this.#begun.clear();
  }
}
