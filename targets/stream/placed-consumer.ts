/**
 * A consumer of @platformatic/kafka that begins where its group has got to for certain, and says where that is. Of a partition
 * of which nothing is committed the library begins where this consumer was when it had it last, and what it did not do then
 * nobody would. And it asks for the offsets of a group without waiting for transactions that are still open on them: whoever
 * takes a partition over would begin at the place before, and do again what such a transaction then commits.
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

/** Where a partition is to be read from. */
export type Begins = (topic: string, partition: number, offset: bigint) => void;

type Told = (error: Error | null, offsets?: Offsets) => void;

const askAgainMs = 50;
const notCommitted = -1n;
/** Of the topics of a trial, which are its own. */
const first = 0n;

export type PlacedConsumerOptions = ConsumerOptions<Buffer, Buffer, string, string> & {
  /** Called for each partition that it has now. */
  readonly begins: Begins;
  /** How the brokers are reached to wait for transactions on the offsets. Left out: there are none. */
  readonly stableBy?: AdminOptions;
};

export class PlacedConsumer extends Consumer<Buffer, Buffer, string, string> {
  readonly #stableBy: AdminOptions | undefined;
  readonly #begins: Begins;

  constructor({ begins, stableBy, ...options }: PlacedConsumerOptions) {
    super(options);
    this.#stableBy = stableBy;
    this.#begins = begins;
  }

  override listCommittedOffsets(options: ListCommitsOptions, told: Told): void;
  override listCommittedOffsets(options: ListCommitsOptions): Promise<Offsets>;
  override listCommittedOffsets(options: ListCommitsOptions, told?: Told): Promise<Offsets> | undefined {
    const found =
      this.#stableBy === undefined
        ? this.#certain(options, () => super.listCommittedOffsets(options))
        : withAdmin(this.#stableBy, (admin) => this.#certain(options, () => this.#stable(admin, options)));
    if (told === undefined) return found;
    found.then(
      (offsets) => told(null, offsets),
      (error) => told(error),
    );
    return undefined;
  }

  /** A transaction that nobody ends is ended by its broker, at its time-out. */
  async #certain({ topics }: ListCommitsOptions, ask: () => Promise<Offsets>): Promise<Offsets> {
    for (;;) {
      try {
        const { generationId } = this;
        const offsets = await ask();
        if (generationId !== this.generationId) continue; // others may have had them meanwhile
        for (const { topic, partitions } of topics) {
          const found = offsets.get(topic) ?? [];
          for (const one of partitions) {
            if ((found[one] ?? notCommitted) === notCommitted) found[one] = first;
            this.#begins(topic, one, found[one] ?? first);
          }
          offsets.set(topic, found);
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
