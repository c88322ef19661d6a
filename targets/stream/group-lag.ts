/** Lag of our service's group: records of its topics beyond the committed offsets, those being worked on included. */
import { Admin } from '@platformatic/kafka';
import type { BacklogGauge } from '../backlog-gauge.ts';
import { bounded } from '../driver-kit/bounded.ts';

const timeoutMs = 2_000;
const closeWithinMs = 500;
const latest = -1n;

/** Of the service that consumes this topic. */
export function serviceGroupOf(topic: string): string {
  return `${topic}-service`;
}

export class GroupLag implements BacklogGauge {
  /** Of a cluster all; the one that is asked first stands first. */
  readonly #addresses: string[];
  readonly #topics: readonly string[];
  readonly #groupId: string;
  #admin: Admin | null = null;
  /** Partitions by topic; they do not change while it lives. */
  readonly #partitions = new Map<string, readonly number[]>();

  /** `groupId`: left out: of our service behind the first topic. */
  constructor(address: string, topics: readonly string[], groupId: string = serviceGroupOf(topics[0] ?? '')) {
    this.#addresses = address.split(',');
    this.#topics = topics;
    this.#groupId = groupId;
  }

  async read(): Promise<number> {
    this.#admin ??= new Admin({
      clientId: 'wirebench-backlog',
      bootstrapBrokers: this.#addresses,
      retries: 0,
      timeout: timeoutMs,
      connectTimeout: timeoutMs,
    });
    try {
      let lag = 0;
      for (const topic of this.#topics) lag += await this.#lag(this.#admin, topic);
      return lag;
    } catch (error) {
      this.#addresses.push(...this.#addresses.splice(0, 1));
      await this.close();
      throw error;
    }
  }

  /** The committed offsets first: what is done in between makes the lag longer, never negative. */
  async #lag(admin: Admin, topic: string): Promise<number> {
    const partitions = [...(this.#partitions.get(topic) ?? [])];
    if (partitions.length === 0) {
      const { topics } = await admin.metadata({ topics: [topic] });
      partitions.push(...Object.keys(topics.get(topic)?.partitions ?? {}).map(Number));
      this.#partitions.set(topic, partitions);
    }
    const groupId = this.#groupId;
    const groups = [{ groupId, topics: [{ name: topic, partitionIndexes: partitions }] }];
    const [group] = await admin.listConsumerGroupOffsets({ groups });
    const committed = new Map(
      group?.topics.flatMap(({ partitions: found }) =>
        found.map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset] as const),
      ),
    );
    const wanted = partitions.map((partitionIndex) => ({ partitionIndex, timestamp: latest }));
    const [ends] = await admin.listOffsets({ topics: [{ name: topic, partitions: wanted }] });
    let lag = 0n;
    for (const { partitionIndex, offset } of ends?.partitions ?? []) {
      // The topic is this trial's own and begins at 0; -1 stands for nothing committed yet.
      const from = committed.get(partitionIndex) ?? 0n;
      lag += offset - (from < 0n ? 0n : from);
    }
    return Number(lag);
  }

  async close(): Promise<void> {
    const admin = this.#admin;
    this.#admin = null;
    await bounded(closeWithinMs, admin?.close());
  }
}
