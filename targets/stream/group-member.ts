/** Our service as one of its consumer group: it joins, is told its partitions, is lost and joins again, and leaves. */
import type { StreamTarget } from '../../scenarios/scenario.ts';
import type { ServiceOptions } from '../domain/service-options.ts';
import { bounded } from '../driver-kit/bounded.ts';
import { openAgain } from '../driver-kit/open-again.ts';
import type { CommitPosition } from '../driver-kit/watermark-offsets.ts';
import type { TextMessage } from './moved-record.ts';
import { type Begins, PlacedConsumer } from './placed-consumer.ts';
import { type RecordsInHand, recordsInHandOf } from './records-in-hand.ts';
import { serviceClient } from './service-client.ts';
import { coordinatorRetries, readingAtOnce, type TextConsumer, type TextStream, textHeaders } from './text-consumer.ts';
import type { Membership } from './transactions.ts';

const restartAfterMs = 100;
const closeDeadlineMs = 1_000;
const finishWithinMs = 1_000;
/** Of several members of a group: who is gone for so long has its partitions taken over. */
const sharedSessionMs = 6_000;
/** A member hears of a rebalance with its next heartbeat; at the latest so often, as the library does. */
const longestHeartbeatMs = 3_000;
const heartbeatsInSession = 3;
/** By the name that clients of one group agree by. */
const assignments = {
  eager: [{ name: 'roundrobin', version: 1 }],
  cooperative: [{ name: 'cooperative-sticky', version: 2 }],
} as const;

type Assigned = readonly { readonly topic: string; readonly partitions: readonly number[] }[];

export interface GroupMemberOptions {
  readonly service: ServiceOptions;
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Records at once. */
  readonly mostInHand: number;
  readonly take: (message: TextMessage, inHand: RecordsInHand) => void;
  /** Partitions change hands now: what is done another one need not do again. */
  readonly rebalances: () => void;
  /** Of each topic the partitions that are its own now. */
  readonly joined: (partitions: ReadonlyMap<string, ReadonlySet<number>>) => void;
  /** Of each partition that it has now. */
  readonly begins: Begins;
  /** What is in hand comes again with the next consumer. */
  readonly forget: () => void;
}

export class GroupMember {
  readonly #options: GroupMemberOptions;
  #consumer: TextConsumer | null = null;
  #stream: TextStream | null = null;
  /** Of the consumer that reads now. */
  #inHand: RecordsInHand | null = null;
  #membership: Membership | null = null;
  #isPaused = false;
  #isOut = false;
  #joined = 0;
  /** The generation that the last rebalance ended. */
  #endedGeneration: number | null = null;

  constructor(options: GroupMemberOptions) {
    this.#options = options;
  }

  /** Of the consumer that reads now; null: it has not joined, or is to join anew. */
  get membership(): Membership | null {
    return this.#membership;
  }

  /**
   * False while it joins anew. Its broker takes a commit up after the join that waits on the same connection, and refuses it
   * as one of a generation that is over; the library then joins once more, which is the next rebalance.
   */
  get canCommit(): boolean {
    return this.#consumer?.isActive() ?? false;
  }

  /** The first time it joins it is alone, and nothing changes hands. */
  get rebalances(): number {
    return Math.max(0, this.#joined - 1);
  }

  /** Resolves once it has its partitions. */
  async join(): Promise<void> {
    this.#isOut = false;
    await this.#follow();
  }

  /** In its own time: however often it takes. */
  rejoin(): void {
    this.#isOut = false;
    void this.#followOn();
  }

  /** Paused, what was fetched is not taken up; it stays in its group. */
  async consume(isOn: boolean): Promise<void> {
    this.#isPaused = !isOn;
    this.#inHand?.hold(!isOn);
  }

  async commit(topic: string, positions: readonly CommitPosition[]): Promise<void> {
    await this.#consumer?.commit({ offsets: positions.map((position) => ({ topic, ...position })) });
  }

  /** Takes nothing up any more, and resolves when it has done what is in hand: before it leaves, but not for long. */
  async finish(): Promise<void> {
    this.#inHand?.hold(true);
    await bounded(finishWithinMs, this.#inHand?.empty());
  }

  /** Reads again from what is committed. */
  startOver(): void {
    if (this.#consumer === null || this.#isOut) return;
    this.#inHand?.end();
    const [consumer, stream] = [this.#consumer, this.#stream];
    void this.#restart(() => (this.#isStatic ? closeUnsaid(consumer, stream) : consumer.close(true)));
  }

  /**
   * The group is told, and shares its partitions out at once. But not by a static member that is expected back: they wait
   * for it until its session is over. `isForGood`: it is not.
   */
  async leave(isForGood = false): Promise<void> {
    this.#isOut = true;
    this.#inHand?.end();
    const [consumer, stream] = [this.#consumer, this.#stream];
    this.#consumer = null;
    this.#forget();
    if (consumer === null) return;
    await bounded(closeDeadlineMs, this.#isStatic && !isForGood ? closeUnsaid(consumer, stream) : consumer.close(true));
  }

  get #isStatic(): boolean {
    const { group } = this.#options.service.target as StreamTarget;
    return group?.member !== 'dynamic';
  }

  /** It gives all of its partitions away before it joins: what it went on to do of them another one would do again. */
  get #isEager(): boolean {
    const { group } = this.#options.service.target as StreamTarget;
    return group?.assignment !== 'cooperative';
  }

  #newConsumer(): TextConsumer {
    const { service, groupId, begins } = this.#options;
    const { instance = 0, target } = service;
    const { group, instances = 1, commit } = target as StreamTarget;
    const sessionTimeout = group?.sessionTimeoutMs ?? (instances > 1 ? sharedSessionMs : null);
    return new PlacedConsumer({
      begins,
      ...serviceClient(service, 'consumer'),
      ...coordinatorRetries,
      groupId,
      // Started again after it was killed, a static member takes its partitions up at once, instead of after the
      // session of its former self has run out.
      ...(this.#isStatic && { groupInstanceId: `service-${instance + 1}` }),
      ...(sessionTimeout !== null && {
        sessionTimeout,
        heartbeatInterval: Math.min(longestHeartbeatMs, sessionTimeout / heartbeatsInSession),
      }),
      protocols: [...assignments[group?.assignment ?? 'eager']],
      ...readingAtOnce,
      deserializers: textHeaders,
      ...(commit === 'transaction' && { stableBy: serviceClient(service, 'admin') }),
    });
  }

  async #follow(): Promise<void> {
    const { topics, mostInHand, take } = this.#options;
    const consumer = this.#newConsumer();
    this.#endedGeneration = null;
    consumer.on('consumer:group:rebalance', () => {
      if (consumer === this.#consumer) this.#rebalances(consumer);
    });
    consumer.on('consumer:group:join', ({ assignments, generationId = 0 }) => {
      if (consumer === this.#consumer) this.#hasJoined(consumer, assignments ?? [], generationId);
    });
    this.#consumer = consumer;
    const stream = await consumer.consume({ topics: [...topics], mode: 'committed', fallbackMode: 'earliest' });
    this.#stream = stream;
    const inHand = recordsInHandOf(stream, mostInHand, {
      isClosed: () => this.#isOut,
      lost: () => void this.#restart(() => consumer.close(true)),
    });
    this.#inHand = inHand;
    if (this.#isPaused) inHand.hold(true);
    stream.on('data', (message) => {
      if (!inHand.isOver) take(message, inHand);
    });
  }

  /** The library says so with each refused commit too: a commit for each of these would have no end. */
  #rebalances(consumer: TextConsumer): void {
    const { generationId } = consumer;
    if (generationId === this.#endedGeneration) return;
    this.#endedGeneration = generationId ?? null;
    if (this.#isEager) this.#inHand?.hold(true);
    this.#options.rebalances();
    if (!this.#isEager) this.#givesAway(consumer);
  }

  /**
   * A cooperative member that joined, and gives partitions away before it joins once more: the library says no more of that
   * round than that it is over. What it keeps was its own throughout, and nobody is given the others before it is back.
   */
  #givesAway({ memberId, generationId = 0, assignments }: TextConsumer): void {
    const membership = this.#membership;
    // Who was put out of its group comes back under another name, and owns nothing of what it had.
    if (membership === null || membership.memberId !== memberId || generationId === membership.generationId) return;
    this.#membership = { ...membership, generationId };
    this.#tell(assignments ?? []);
  }

  #hasJoined({ memberId, coordinatorId }: TextConsumer, assigned: Assigned, generationId: number): void {
    this.#joined++;
    // A generation went by without it: others have had its partitions meanwhile.
    if (this.#membership !== null && generationId > this.#membership.generationId + 1) {
      this.startOver();
      return;
    }
    const { groupId } = this.#options;
    this.#membership = { groupId, memberId: memberId ?? '', generationId, coordinatorId: coordinatorId ?? 0 };
    this.#inHand?.hold(this.#isPaused);
    this.#tell(assigned);
  }

  #tell(assigned: Assigned): void {
    const { topics, joined } = this.#options;
    const partitionsOf = (topic: string) => assigned.find((one) => one.topic === topic)?.partitions;
    joined(new Map(topics.map((topic) => [topic, new Set(partitionsOf(topic))])));
  }

  async #restart(closeLost: () => Promise<void>): Promise<void> {
    this.#forget();
    await bounded(closeDeadlineMs, closeLost());
    this.#forget();
    await this.#followOn();
  }

  async #followOn(): Promise<void> {
    const follow = async () => {
      try {
        await this.#follow();
      } catch (error) {
        await bounded(closeDeadlineMs, this.#consumer?.close(true));
        throw error;
      }
    };
    await openAgain(follow, { waits: { next: () => restartAfterMs }, isOver: () => this.#isOut });
  }

  #forget(): void {
    this.#membership = null;
    this.#options.forget();
  }
}

/** Its group is told nothing, and nobody else's partitions change hands: it is back before its session is over. */
async function closeUnsaid(consumer: TextConsumer, stream: TextStream | null): Promise<void> {
  await stream?.close();
  consumer.memberId = null; // whom it would say goodbye for
  await consumer.leaveGroup(true);
  await consumer.close(true);
}
