/** What one member of a group had, committed every so often and before its partitions become another's. */
import type { CommitOptions } from '@platformatic/kafka';
import { TopicProgress } from './topic-progress.ts';

const commitEveryMs = 200;

export interface HadRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly leaderEpoch: number;
}

interface Joined {
  readonly assignments?: readonly { readonly topic: string; readonly partitions: readonly number[] }[] | undefined;
}

interface GroupMember {
  commit(options: CommitOptions): Promise<void>;
  on(event: 'consumer:group:rebalance', listener: () => void): unknown;
  on(event: 'consumer:group:join', listener: (joined: Joined) => void): unknown;
}

export class GroupCommits {
  readonly #member: GroupMember;
  readonly #progress: ReadonlyMap<string, TopicProgress>;
  readonly #timer: NodeJS.Timeout;

  constructor(member: GroupMember, topics: readonly string[]) {
    this.#member = member;
    this.#progress = new Map(topics.map((topic) => [topic, new TopicProgress()]));
    member.on('consumer:group:rebalance', () => void this.flush());
    member.on('consumer:group:join', ({ assignments = [] }) => {
      for (const [topic, progress] of this.#progress) {
        const kept = assignments.filter((one) => one.topic === topic).flatMap(({ partitions }) => partitions);
        progress.keepOnly(new Set(kept));
      }
    });
    this.#timer = setInterval(() => void this.flush(), commitEveryMs).unref();
  }

  /** False: this member has had it; after a rejoin the group hands out again what is not committed yet. */
  had({ topic, partition, offset, leaderEpoch }: HadRecord): boolean {
    const progress = this.#progress.get(topic);
    if (progress === undefined || !progress.isNew(partition, offset)) return false;
    progress.begin(partition, offset, leaderEpoch)();
    return true;
  }

  /** What cannot be committed comes again, to whoever has its partition then. */
  async flush(): Promise<void> {
    const offsets = [...this.#progress].flatMap(([topic, progress]) =>
      progress.take().map((position) => ({ topic, ...position })),
    );
    if (offsets.length > 0) await this.#member.commit({ offsets }).catch(() => undefined);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
