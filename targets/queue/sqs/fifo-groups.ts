/**
 * The order of a FIFO queue within the service: one poll may bring several messages of a group, and SQS gives out no more of
 * it until all of them are deleted or back. They are begun one after the other; behind one that goes back, the rest does, too.
 */
interface Waiting {
  readonly begin: () => void;
  readonly giveBack: () => void;
}

export class FifoGroups {
  /** By group what waits behind the one that is being worked on. */
  readonly #behind = new Map<string, Waiting[]>();

  /** Begins at once where nothing of the group is being worked on. Call `done` or `back` once it is over. */
  enter(group: string, waiting: Waiting): void {
    const behind = this.#behind.get(group);
    if (behind !== undefined) {
      behind.push(waiting);
      return;
    }
    this.#behind.set(group, []);
    waiting.begin();
  }

  done(group: string): void {
    const next = this.#behind.get(group)?.shift();
    if (next === undefined) this.#behind.delete(group);
    else next.begin();
  }

  /** The one that is worked on has gone back: what is behind goes as well, in its order. Until then the group waits. */
  back(group: string): void {
    const behind = this.#behind.get(group) ?? [];
    this.#behind.delete(group);
    for (const { giveBack } of behind) giveBack();
  }
}
