/**
 * The orders behind a stream: a consumer group on the request topic, replies on the reply topic, offsets after the effect
 * or before. What it cannot take up stays in the broker; what is refused and nobody waits for goes where the target says.
 */
import { Admin, type MessageToProduce, Producer } from '@platformatic/kafka';
import type { ApiVersion } from '../../scenarios/api-versions.ts';
import type { StreamTarget } from '../../scenarios/scenario.ts';
import { Notices, noNotice } from '../domain/deprecation-notice.ts';
import { eachConsumer } from '../domain/each-consumer.ts';
import { hostService, type MemberPlace } from '../domain/host-service.ts';
import { type MessageCodec, messageCodecOf } from '../domain/message-codec.ts';
import { isRefusal, messageHeaders, requeueAfterMs, unreadable } from '../domain/order-message.ts';
import type { OrderReply } from '../domain/orders.ts';
import type { ServiceDomain } from '../domain/service-domain.ts';
import type { ServiceOptions } from '../domain/service-options.ts';
import { bounded } from '../driver-kit/bounded.ts';
import { BlockedPartitions } from './blocked-partitions.ts';
import { CommitFirst } from './commit-first.ts';
import { createTopics, requireTopic } from './create-topics.ts';
import { serviceGroupOf } from './group-lag.ts';
import { GroupMember } from './group-member.ts';
import { KafkaLog } from './log-reader.ts';
import { bytesOf, type TextMessage } from './moved-record.ts';
import { OwedRecords } from './owed-records.ts';
import { guardPlatformatic } from './platformatic-guard.ts';
import type { RecordsInHand } from './records-in-hand.ts';
import { type RefusedRecord, RefusedRecords } from './refused-records.ts';
import { serviceClient } from './service-client.ts';
import { useStreamCodecs } from './stream-codecs.ts';
import { correlationHeader, idHeader, replyTopicHeader } from './stream-headers.ts';
import { TopicProgress } from './topic-progress.ts';
import { type Outcome, Transactions } from './transactions.ts';

const commitEveryMs = 200;
const closeWithinMs = 400;
const commitWithinMs = 1_000;
/** In hand of a service that bounds nothing itself: as many as a queue sends unacknowledged. */
const mostInHand = 100;
const transactionRetries = 50;
const transactionRetryMs = 20;
/** The library would ask for the number 0, which is another producer's. */
const newProducerId = { producerId: -1n, producerEpoch: -1 };
/** Behind blocked partitions, kept beside what is in hand, so that the other partitions go on. */
const mostHeld = 10_000;

hostService(
  eachConsumer(async (domain, options) => {
    const service = new StreamService(domain, options);
    await service.begin();
    return {
      close: () => service.close(),
      consume: (isOn) => service.member.consume(isOn),
      member: (place) => service.move(place),
      rebalances: () => service.member.rebalances,
    };
  }),
  (options) => new KafkaLog(options),
);

/** A record that this consumer has in hand. */
interface Taken extends RefusedRecord {
  readonly offset: bigint;
  readonly leaderEpoch: number;
  readonly inHand: RecordsInHand;
  /** See RefusedRecord. `output`: what goes with its transaction. */
  readonly done: (output?: MessageToProduce | null) => void;
}

class StreamService {
  readonly member: GroupMember;
  readonly #domain: ServiceDomain;
  readonly #options: ServiceOptions;
  readonly #producer: Producer;
  readonly #owed: OwedRecords;
  readonly #messages: MessageCodec;
  readonly #notices: Notices;
  /** By topic: what is to be done, and what is to be tried again. */
  readonly #progress: ReadonlyMap<string, TopicProgress<Outcome>>;
  readonly #blocked = new BlockedPartitions();
  readonly #refused: RefusedRecords<Taken>;
  /** null: offsets are committed after the effect. */
  readonly #commitFirst: CommitFirst<Taken> | null;
  /** null: offsets are committed by themselves. */
  readonly #transactions: Transactions | null;
  #closed = false;

  constructor(domain: ServiceDomain, options: ServiceOptions) {
    this.#domain = domain;
    this.#options = options;
    const { commit, compression, codec } = options.target as StreamTarget;
    this.#messages = messageCodecOf(codec);
    this.#notices = new Notices(options.deprecated);
    this.#commitFirst =
      commit === 'before'
        ? new CommitFirst({
            commit: (positions) => this.member.commit(this.#requests, positions),
            handle: (one) => this.#apply(one),
          })
        : null;
    useStreamCodecs(compression);
    if (options.brokerLink !== undefined) guardPlatformatic();
    const { retries } = options.names;
    const topics = retries === undefined ? [this.#requests] : [this.#requests, retries];
    this.#progress = new Map(topics.map((topic) => [topic, new TopicProgress<Outcome>()]));
    this.#producer = new Producer(serviceClient(options, 'producer'));
    this.#owed = new OwedRecords(this.#producer, compression?.codec ?? 'none');
    this.#refused = new RefusedRecords<Taken>({
      ...{ domain, target: options.target as StreamTarget, names: options.names },
      ...{ owed: this.#owed, blocked: this.#blocked },
      again: (afterMs, taken) => this.#applyIn(afterMs, taken),
    });
    this.#transactions = commit === 'transaction' ? this.#openTransactions() : null;
    this.member = new GroupMember({
      ...{ service: options, groupId: serviceGroupOf(this.#requests), topics, mostInHand: this.#mostInHand() },
      take: (message, inHand) => this.#take(message, inHand),
      rebalances: () => void this.#commit(),
      joined: (partitions) => this.#joined(partitions),
      begins: (topic, partition, offset) => this.#progress.get(topic)?.expect(partition, offset),
      forget: () => this.#forget(),
    });
  }

  get #requests(): string {
    return this.#options.names.requests ?? '';
  }

  #openTransactions(): Transactions {
    const { instance = 0, target } = this.#options;
    const { transactionTimeoutMs: timeout = 0 } = target as StreamTarget;
    const openProducer = () =>
      new Producer({
        ...serviceClient(this.#options, 'transactions'),
        // Of its requests, and of its transactions at their broker.
        ...{ timeout, retries: transactionRetries, retryDelay: transactionRetryMs, idempotent: true },
        transactionalId: `${serviceGroupOf(this.#requests)}-${instance + 1}`,
        ...newProducerId,
      });
    return new Transactions({
      topic: this.#requests,
      openProducer,
      membership: () => this.member.membership,
      ready: () => this.#progress.get(this.#requests)?.ready() ?? [],
      beforeCommit: (requestId) => this.#domain.failpoint.reach('ack', requestId),
      startOver: () => this.member.startOver(),
    });
  }

  /** Polite: what is in hand is done and committed before. It joins in its own time. */
  async move(place: MemberPlace): Promise<void> {
    if (place === 'in') {
      this.member.rejoin();
      return;
    }
    await this.member.finish();
    await bounded(commitWithinMs, this.#commit());
    await this.member.leave(place === 'out');
  }

  async begin(): Promise<void> {
    const { partitions, deadLetter } = this.#options.target as StreamTarget;
    if (deadLetter !== undefined)
      await requireTopic(serviceClient(this.#options, 'admin'), deadLetter.topic, 'its dead letter topic');
    // On as many brokers as theirs are set to; a service that is started again finds them there.
    await createTopics(serviceClient(this.#options, 'admin'), { topics: this.#ownTopics(), partitions });
    await this.#transactions?.open();
    await this.member.join();
    setInterval(() => {
      if (this.member.canCommit) void this.#commit();
    }, commitEveryMs).unref();
  }

  #ownTopics(): string[] {
    const { requests = '', replies = '', deadLetters = '', retries, outputs } = this.#options.names;
    const { onRefusal, deadLetter } = this.#options.target as StreamTarget;
    const hasDeadLetters = (onRefusal === 'deadLetter' && deadLetter === undefined) || retries !== undefined;
    return [requests, replies, ...(hasDeadLetters ? [deadLetters] : []), retries, outputs].filter(
      (one) => one !== undefined,
    );
  }

  /** With the places of the service. */
  #mostInHand(): number {
    const { concurrency, waiting = 0, target, topicNames = [] } = this.#options;
    if (concurrency === undefined) return mostInHand;
    const consumers = Math.max(1, topicNames.length) * (target.consumers ?? 1);
    return Math.min(mostInHand, Math.max(1, Math.floor((concurrency + waiting) / consumers)));
  }

  #joined(partitions: ReadonlyMap<string, ReadonlySet<number>>): void {
    for (const [topic, progress] of this.#progress) progress.keepOnly(partitions.get(topic) ?? new Set());
    this.#blocked.keepOnly(partitions.get(this.#requests) ?? new Set());
    this.#transactions?.due();
  }

  #forget(): void {
    for (const progress of this.#progress.values()) progress.clear();
    this.#commitFirst?.clear();
    this.#blocked.clear();
  }

  #take(message: TextMessage, inHand: RecordsInHand): void {
    const { topic, partition, offset } = message;
    const progress = this.#progress.get(topic);
    if (progress === undefined || !progress.isOwn(partition)) return;
    // The library may give out what it had fetched before its partitions changed hands, and go on behind it.
    const isNext = progress.isNext(partition, offset);
    if (isNext === null || !progress.isNew(partition, offset)) return;
    if (!isNext) {
      if (this.member.canCommit) void this.#commit();
      this.member.startOver();
      return;
    }
    if (topic === this.#requests && this.#blocked.has(partition)) {
      const leaveHand = this.#blocked.count < mostHeld ? () => undefined : inHand.take();
      this.#blocked.hold(partition, () => {
        leaveHand();
        this.#begin(message, progress, inHand);
      });
    } else this.#begin(message, progress, inHand);
  }

  #begin(message: TextMessage, progress: TopicProgress<Outcome>, inHand: RecordsInHand): void {
    const { topic, partition, offset, leaderEpoch } = message;
    const taken = { message, partition, offset, leaderEpoch, inHand };
    const leaveHand = inHand.take();
    if (this.#commitFirst !== null) {
      this.#domain.failpoint.reach('ack', message.headers.get(idHeader) ?? '');
      this.#commitFirst.take({ ...taken, done: leaveHand });
      return;
    }
    const committable = progress.begin(partition, offset, leaderEpoch);
    const requestId = message.headers.get(idHeader) ?? '';
    const done = (output: MessageToProduce | null = null) => {
      committable({ requestId, output, committed: leaveHand });
      if (this.#transactions === null) leaveHand();
      else this.#transactions.due();
    };
    const dueInMs = topic === this.#requests ? 0 : Number(message.timestamp) + requeueAfterMs - Date.now();
    if (dueInMs > 0) this.#applyIn(dueInMs, { ...taken, done });
    else this.#apply({ ...taken, done });
  }

  #applyIn(waitMs: number, taken: Taken): void {
    const again = () => {
      if (!taken.inHand.isOver && !this.#closed) this.#apply(taken);
    };
    setTimeout(again, waitMs).unref();
  }

  #apply(taken: Taken): void {
    const { message } = taken;
    const { headers } = message;
    const requestId = headers.get(idHeader) ?? '';
    const request =
      this.#messages.request(bytesOf(message), (name) => headers.get(name), requestId) ?? unreadable(requestId);
    const topic = headers.get(replyTopicHeader);
    this.#domain.handle(
      { ...request, isUnheard: topic === undefined, canWait: true, partition: taken.partition },
      (reply) => {
        if (topic === undefined && isRefusal(reply.code)) {
          this.#refused.refuse(taken, requestId);
          return;
        }
        this.#finish(taken, requestId, this.#outputOf(message, requestId, reply));
        // A topic that does not exist, named by who knows whom, would hold up the replies to all others.
        if (topic === undefined || topic !== this.#options.names.replies) return;
        this.#owed.add({
          topic,
          value: this.#messages.replyBody(reply, request.version),
          ...(message.key !== undefined && { key: message.key }),
          headers: new Map([
            [Buffer.from(correlationHeader), Buffer.from(headers.get(correlationHeader) ?? '')],
            [Buffer.from(messageHeaders.code), Buffer.from(reply.code)],
            ...this.#noticeOf(request.version),
          ]),
        });
      },
    );
  }

  #noticeOf(version: ApiVersion | undefined): [Buffer, Buffer][] {
    const notice = this.#notices.of(version) ?? noNotice;
    return Object.entries(notice).map(([name, value]) => [Buffer.from(name), Buffer.from(value)]);
  }

  #outputOf({ key }: TextMessage, requestId: string, reply: OrderReply): MessageToProduce | null {
    const { outputs } = this.#options.names;
    if (outputs === undefined) return null;
    const headers = new Map([[Buffer.from(idHeader), Buffer.from(requestId)]]);
    return { topic: outputs, value: this.#messages.replyBody(reply), ...(key !== undefined && { key }), headers };
  }

  #finish({ done }: Taken, requestId: string, output: MessageToProduce | null): void {
    if (this.#transactions !== null) {
      done(output);
      return;
    }
    const acknowledge = () => {
      if (this.#commitFirst === null) this.#domain.failpoint.reach('ack', requestId);
      done();
    };
    if (output === null) acknowledge();
    else this.#owed.add(output, acknowledge);
  }

  async #commit(): Promise<void> {
    if (this.#transactions !== null) return;
    // All of them at once: what leaves after the next join would be refused.
    const commits = [...this.#progress].map(async ([topic, progress]) => {
      const positions = progress.take();
      if (positions.length > 0) await this.member.commit(topic, positions).catch(() => undefined);
    });
    await Promise.all(commits);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#owed.close();
    await this.#transactions?.close(200);
    await this.member.leave();
    await bounded(closeWithinMs, this.#producer.close());
    if ((this.#options.instance ?? 0) > 0) return; // others still follow them
    const admin = new Admin(serviceClient(this.#options, 'admin'));
    await bounded(closeWithinMs, admin.deleteTopics({ topics: this.#ownTopics() }));
    await bounded(closeWithinMs, admin.close());
  }
}
