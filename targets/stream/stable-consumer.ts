/**
 * A consumer of @platformatic/kafka that begins where its group has got to for certain. The library asks for the offsets of a
 * group without waiting for transactions that are still open on them: whoever takes a partition over would begin at the
 * place before, and do again what such a transaction then commits.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Admin,
  type AdminOptions,
  Consumer,
  type ConsumerOptions,
  type ListCommitsOptions,
  type Offsets,
} from '@platformatic/kafka';
import { withAdmin } from './create-topics.ts';
import { sendFailureOf } from './send-failure.ts';

/** Where a partition is to be read from; below 0: from the first. */
export type Begins = (topic: string, partition: number, offset: bigint) => void;

type Told = (error: Error | null, offsets?: Offsets) => void;

const askAgainMs = 50;
const notCommitted = -1n;

export class StableConsumer extends Consumer<Buffer, Buffer, string, string> {
  readonly #connecting: AdminOptions;
  readonly #begins: Begins;

  /** `connecting`: how the brokers are reached. `begins`: called for each partition that it has now. */
  constructor(options: ConsumerOptions<Buffer, Buffer, string, string>, connecting: AdminOptions, begins: Begins) {
    super(options);
    this.#connecting = connecting;
    this.#begins = begins;
  }

  override listCommittedOffsets(options: ListCommitsOptions, told: Told): void;
  override listCommittedOffsets(options: ListCommitsOptions): Promise<Offsets>;
  override listCommittedOffsets(options: ListCommitsOptions, told?: Told): Promise<Offsets> | undefined {
    const found = withAdmin(this.#connecting, (admin) => this.#untilStable(admin, options));
    if (told === undefined) return found;
    found.then(
      (offsets) => told(null, offsets),
      (error) => told(error),
    );
    return undefined;
  }

  /** A transaction that nobody ends is ended by its broker, at its time-out. */
  async #untilStable(admin: Admin, options: ListCommitsOptions): Promise<Offsets> {
    for (;;) {
      try {
        const { generationId } = this;
        const offsets = await this.#stable(admin, options);
        if (generationId !== this.generationId) continue; // others may have had them meanwhile
        for (const { topic, partitions } of options.topics) {
          for (const one of partitions) this.#begins(topic, one, offsets.get(topic)?.[one] ?? notCommitted);
        }
        return offsets;
      } catch (error) {
        if (this.closed || sendFailureOf(error).reason !== 'kafka UNSTABLE_OFFSET_COMMIT') throw error;
        await sleep(askAgainMs);
      }
    }
  }

  async #stable(admin: Admin, { topics }: ListCommitsOptions): Promise<Offsets> {
    const asked = topics.map(({ topic, partitions }) => ({ name: topic, partitionIndexes: partitions }));
    const groups = [{ groupId: this.groupId, topics: asked }];
    const [group] = await admin.listConsumerGroupOffsets({ groups, requireStable: true });
    const offsets: Offsets = new Map();
    for (const { name, partitions } of group?.topics ?? []) {
      const most = Math.max(-1, ...partitions.map(({ partitionIndex }) => partitionIndex));
      const found = new Array<bigint>(most + 1).fill(notCommitted);
      for (const { partitionIndex, committedOffset } of partitions) found[partitionIndex] = committedOffset;
      offsets.set(name, found);
    }
    return offsets;
  }
}
