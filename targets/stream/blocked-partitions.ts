/** Partitions in which a record is tried again and again: nothing behind it is begun until it is done. */
interface Blocked {
  /** Records that are being tried again: what was begun before the first of them may be refused as well. */
  by: number;
  /** In its order. */
  readonly behind: (() => void)[];
}

export class BlockedPartitions {
  readonly #blocked = new Map<number, Blocked>();
  #count = 0;

  /** Held, over all partitions. */
  get count(): number {
    return this.#count;
  }

  has(partition: number): boolean {
    return this.#blocked.has(partition);
  }

  /** For each call one `free`. */
  block(partition: number): void {
    const blocked = this.#blocked.get(partition);
    if (blocked === undefined) this.#blocked.set(partition, { by: 1, behind: [] });
    else blocked.by++;
  }

  /** `begin` is called once the partition is free. False: it is. */
  hold(partition: number, begin: () => void): boolean {
    const blocked = this.#blocked.get(partition);
    if (blocked === undefined) return false;
    blocked.behind.push(begin);
    this.#count++;
    return true;
  }

  /** Begins what is behind, up to one that blocks again. */
  free(partition: number): void {
    const blocked = this.#blocked.get(partition);
    if (blocked === undefined || --blocked.by > 0) return;
    this.#drop(partition);
    for (const begin of blocked.behind) if (!this.hold(partition, begin)) begin();
  }

  keepOnly(partitions: ReadonlySet<number>): void {
    for (const partition of this.#blocked.keys()) if (!partitions.has(partition)) this.#drop(partition);
  }

  clear(): void {
    this.#blocked.clear();
    this.#count = 0;
  }

  #drop(partition: number): void {
    this.#count -= this.#blocked.get(partition)?.behind.length ?? 0;
    this.#blocked.delete(partition);
  }
}
