/**
 * At most once: records are handled only when their offsets are committed, so that none comes again. What is committed
 * and not handled yet when the process dies is lost. What gathers while one commit is under way shares the next.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommitPosition } from '../driver-kit/watermark-offsets.ts';

const commitRetryMs = 50;

export interface CommitFirstOptions<Message> {
  /** Rejects when it is not known to be done. */
  readonly commit: (positions: readonly CommitPosition[]) => Promise<void>;
  readonly handle: (message: Message) => void;
}

export class CommitFirst<Message extends { partition: number; offset: bigint; leaderEpoch: number }> {
  readonly #options: CommitFirstOptions<Message>;
  #gathered: Message[] = [];
  #isCommitting = false;
  /** Rises with every `clear`. */
  #generation = 0;

  constructor(options: CommitFirstOptions<Message>) {
    this.#options = options;
  }

  take(message: Message): void {
    this.#gathered.push(message);
    if (this.#isCommitting) return;
    this.#isCommitting = true;
    queueMicrotask(() => void this.#commitAll(this.#generation));
  }

  /** The consumer was replaced: what is not committed comes again by itself. */
  clear(): void {
    this.#generation++;
    this.#gathered = [];
    this.#isCommitting = false;
  }

  async #commitAll(generation: number): Promise<void> {
    while (this.#generation === generation && this.#gathered.length > 0) {
      const batch = this.#gathered;
      this.#gathered = [];
      const isCommitted = await this.#commitBatch(positionsOf(batch), generation);
      // Perhaps committed, but the consumer is another one: handled now, they might be handled twice.
      if (!isCommitted || this.#generation !== generation) return;
      for (const message of batch) this.#options.handle(message);
    }
    if (this.#generation === generation) this.#isCommitting = false;
  }

  /** A commit that failed may be tried again, later offsets must not overtake it; false: cleared meanwhile. */
  async #commitBatch(positions: readonly CommitPosition[], generation: number): Promise<boolean> {
    while (this.#generation === generation) {
      try {
        await this.#options.commit(positions);
        return true;
      } catch {
        await sleep(commitRetryMs);
      }
    }
    return false;
  }
}

/** The last of each partition: they come in rising order. */
function positionsOf(
  messages: readonly { readonly partition: number; readonly offset: bigint; readonly leaderEpoch: number }[],
): CommitPosition[] {
  const last = new Map<number, CommitPosition>();
  for (const { partition, offset, leaderEpoch } of messages) {
    last.set(partition, { partition, offset: offset + 1n, leaderEpoch });
  }
  return [...last.values()];
}
