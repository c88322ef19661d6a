/**
 * The orders behind a stream: a consumer group on the request topic, replies on the reply topic, offsets after the effect
 * or before. What it cannot take up stays in the broker; what is refused and nobody waits for goes where the target says.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, Consumer, Producer, stringDeserializer } from '@platformatic/kafka';
import type { StreamTarget } from '../../scenarios/scenario.ts';
import { eachConsumer } from '../domain/each-consumer.ts';
import { hostService } from '../domain/host-service.ts';
import { type MessageCodec, messageCodecOf } from '../domain/message-codec.ts';
import { isRefusal, messageHeaders, requeueAfterMs, unreadable } from '../domain/order-message.ts';
import type { ServiceDomain } from '../domain/service-domain.ts';
import type { ServiceOptions } from '../domain/service-options.ts';
import type { CommitPosition } from '../driver-kit/watermark-offsets.ts';
import { BlockedPartitions } from './blocked-partitions.ts';
import { CommitFirst } from './commit-first.ts';
import { createTopics, requireTopic } from './create-topics.ts';
import { serviceGroupOf } from './group-lag.ts';
import { KafkaLog } from './log-reader.ts';
import { bytesOf, type TextMessage } from './moved-record.ts';
import { OwedRecords } from './owed-records.ts';
import { guardPlatformatic } from './platformatic-guard.ts';
import { type RecordsInHand, recordsInHandOf } from './records-in-hand.ts';
import { type RefusedRecord, RefusedRecords } from './refused-records.ts';
import { coordinatorRetries, serviceClient } from './service-client.ts';
import { useStreamCodecs } from './stream-codecs.ts';
import { correlationHeader, idHeader, replyTopicHeader } from './stream-headers.ts';
import { TopicProgress } from './topic-progress.ts';

const commitEveryMs = 200;
const restartAfterMs = 100;
/** Of several members of a group: who is gone for so long has its partitions taken over. The least that Kafka lets one ask for. */
const sharedSessionMs = 6_000;
/** In hand of a service that bounds nothing itself: as many as a queue sends unacknowledged. */
const mostInHand = 100;
/** Behind blocked partitions, kept beside what is in hand, so that the other partitions go on. */
const mostHeld = 10_000;

hostService(
  eachConsumer(async (domain, options) => {
    const service = new StreamService(domain, options);
    await service.begin();
    return {
      close: () => service.close(),
      consume: (isOn) => service.consume(isOn),
      rebalances: () => service.rebalances,
    };
  }),
  (options) => new KafkaLog(options),
);

/** A record that this consumer has in hand. */
interface Taken extends RefusedRecord {
  readonly offset: bigint;
  readonly leaderEpoch: number;
  readonly inHand: RecordsInHand;
}

class StreamService {
  readonly #domain: ServiceDomain;
  readonly #options: ServiceOptions;
  readonly #groupId: string;
  readonly #producer: Producer;
  readonly #owed: OwedRecords;
  readonly #messages: MessageCodec;
  /** By topic: what is to be done, and what is to be tried again. */
  readonly #progress: ReadonlyMap<string, TopicProgress>;
  readonly #blocked = new BlockedPartitions();
  readonly #refused: RefusedRecords<Taken>;
  /** null: offsets are committed after the effect. */
  readonly #commitFirst: CommitFirst<Taken> | null;
  #consumer: Consumer<Buffer, Buffer, string, string> | null = null;
  /** Of the consumer that reads now. */
  #inHand: RecordsInHand | null = null;
  #isPaused = false;
  #joined = 0;
  #closed = false;

  constructor(domain: ServiceDomain, options: ServiceOptions) {
    this.#domain = domain;
    this.#options = options;
    const { commit, compression, codec } = options.target as StreamTarget;
    this.#messages = messageCodecOf(codec);
    this.#commitFirst =
      commit === 'before'
        ? new CommitFirst({
            commit: (positions) => this.#commitAt(this.#requests, positions),
            handle: (one) => this.#apply(one),
          })
        : null;
    useStreamCodecs(compression);
    if (options.brokerLink !== undefined) guardPlatformatic();
    this.#groupId = serviceGroupOf(this.#requests);
    const { retries } = options.names;
    const topics = retries === undefined ? [this.#requests] : [this.#requests, retries];
    this.#progress = new Map(topics.map((topic) => [topic, new TopicProgress()]));
    this.#producer = new Producer(serviceClient(this.#options, 'producer'));
    this.#owed = new OwedRecords(this.#producer, compression?.codec ?? 'none');
    this.#refused = new RefusedRecords<Taken>({
      ...{ domain, target: options.target as StreamTarget, names: options.names },
      ...{ owed: this.#owed, blocked: this.#blocked },
      again: (afterMs, taken) => this.#applyIn(afterMs, taken),
    });
  }

  get #requests(): string {
    return this.#options.names.requests ?? '';
  }

  /** The first time it joins it is alone, and nothing changes hands. */
  get rebalances(): number {
    return Math.max(0, this.#joined - 1);
  }

  async begin(): Promise<void> {
    const { partitions, deadLetter } = this.#options.target as StreamTarget;
    if (deadLetter !== undefined)
      await requireTopic(serviceClient(this.#options, 'admin'), deadLetter.topic, 'its dead letter topic');
    // On as many brokers as theirs are set to; a service that is started again finds them there.
    await createTopics(serviceClient(this.#options, 'admin'), { topics: this.#ownTopics(), partitions });
    await this.#follow();
    setInterval(() => void this.#commit(), commitEveryMs).unref();
  }

  #ownTopics(): string[] {
    const { requests = '', replies = '', deadLetters = '', retries } = this.#options.names;
    const { onRefusal, deadLetter } = this.#options.target as StreamTarget;
    const hasDeadLetters = (onRefusal === 'deadLetter' && deadLetter === undefined) || retries !== undefined;
    return [requests, replies, ...(hasDeadLetters ? [deadLetters] : []), ...(retries === undefined ? [] : [retries])];
  }

  /** With the places of the service. */
  #mostInHand(): number {
    const { concurrency, waiting = 0, target, topicNames = [] } = this.#options;
    if (concurrency === undefined) return mostInHand;
    const consumers = Math.max(1, topicNames.length) * (target.consumers ?? 1);
    return Math.min(mostInHand, Math.max(1, Math.floor((concurrency + waiting) / consumers)));
  }

  async #follow(): Promise<void> {
    const { instance = 0, target } = this.#options;
    const { instances = 1 } = target;
    const consumer: Consumer<Buffer, Buffer, string, string> = new Consumer({
      ...serviceClient(this.#options, 'consumer'),
      ...coordinatorRetries,
      groupId: this.#groupId,
      // A static member: started again after it was killed, it takes its partitions up at once, instead of after the
      // session of its former self has run out.
      groupInstanceId: `service-${instance + 1}`,
      ...(instances > 1 && { sessionTimeout: sharedSessionMs }),
      autocommit: false,
      minBytes: 1,
      maxWaitTime: 500,
      deserializers: { headerKey: textOf, headerValue: textOf },
    });
    consumer.on('consumer:group:rebalance', () => void this.#commit()); // what is done another one need not do again
    consumer.on('consumer:group:join', ({ assignments }) => {
      this.#joined++;
      for (const [topic, progress] of this.#progress) {
        const kept = assignments?.filter((one) => one.topic === topic).flatMap(({ partitions }) => partitions);
        progress.keepOnly(new Set(kept));
        if (topic === this.#requests) this.#blocked.keepOnly(new Set(kept));
      }
    });
    this.#consumer = consumer;
    const topics = [...this.#progress.keys()];
    const stream = await consumer.consume({ topics, mode: 'committed', fallbackMode: 'earliest' });
    const inHand = recordsInHandOf(stream, this.#mostInHand(), {
      isClosed: () => this.#closed,
      lost: () => void this.#restart(consumer),
    });
    this.#inHand = inHand;
    if (this.#isPaused) inHand.hold(true);
    stream.on('data', (message) => this.#take(message, inHand));
  }

  /** Paused, what was fetched is not taken up; it stays in its group. */
  async consume(isOn: boolean): Promise<void> {
    this.#isPaused = !isOn;
    this.#inHand?.hold(!isOn);
  }

  async #restart(lost: Consumer<Buffer, Buffer, string, string>): Promise<void> {
    await Promise.race([lost.close(true).catch(() => undefined), sleep(1_000)]);
    for (const progress of this.#progress.values()) progress.clear();
    this.#commitFirst?.clear();
    this.#blocked.clear();
    while (!this.#closed) {
      await sleep(restartAfterMs);
      try {
        await this.#follow();
        return;
      } catch {
        await Promise.race([this.#consumer?.close(true).catch(() => undefined), sleep(1_000)]);
      }
    }
  }

  #take(message: TextMessage, inHand: RecordsInHand): void {
    const { topic, partition, offset } = message;
    const progress = this.#progress.get(topic);
    if (progress === undefined || !progress.isNew(partition, offset)) return;
    if (topic === this.#requests && this.#blocked.has(partition)) {
      const leaveHand = this.#blocked.count < mostHeld ? () => undefined : inHand.take();
      this.#blocked.hold(partition, () => {
        leaveHand();
        this.#begin(message, progress, inHand);
      });
    } else this.#begin(message, progress, inHand);
  }

  #begin(message: TextMessage, progress: TopicProgress, inHand: RecordsInHand): void {
    const { topic, partition, offset, leaderEpoch } = message;
    const taken = { message, partition, offset, leaderEpoch, inHand };
    const leaveHand = inHand.take();
    if (this.#commitFirst !== null) {
      this.#domain.failpoint.reach('ack', message.headers.get(idHeader) ?? '');
      this.#commitFirst.take({ ...taken, done: leaveHand });
      return;
    }
    const committable = progress.begin(partition, offset, leaderEpoch);
    const done = () => {
      committable();
      leaveHand();
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
    const { message, done } = taken;
    const { headers } = message;
    const requestId = headers.get(idHeader) ?? '';
    const request =
      this.#messages.request(bytesOf(message), (name) => headers.get(name), requestId) ?? unreadable(requestId);
    const topic = headers.get(replyTopicHeader);
    this.#domain.handle({ ...request, isUnheard: topic === undefined, canWait: true }, (reply) => {
      if (topic === undefined && isRefusal(reply.code)) {
        this.#refused.refuse(taken, requestId);
        return;
      }
      if (this.#commitFirst === null) this.#domain.failpoint.reach('ack', requestId);
      done();
      // A topic that does not exist, named by who knows whom, would hold up the replies to all others.
      if (topic === undefined || topic !== this.#options.names.replies) return;
      this.#owed.add({
        topic,
        value: this.#messages.replyBody(reply),
        ...(message.key !== undefined && { key: message.key }),
        headers: new Map([
          [Buffer.from(correlationHeader), Buffer.from(headers.get(correlationHeader) ?? '')],
          [Buffer.from(messageHeaders.code), Buffer.from(reply.code)],
        ]),
      });
    });
  }

  async #commit(): Promise<void> {
    for (const [topic, progress] of this.#progress) {
      const positions = progress.take();
      if (positions.length > 0) await this.#commitAt(topic, positions).catch(() => undefined);
    }
  }

  async #commitAt(topic: string, positions: readonly CommitPosition[]): Promise<void> {
    await this.#consumer?.commit({ offsets: positions.map((position) => ({ topic, ...position })) });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#owed.close();
    const bounded = (work: Promise<unknown> | undefined) => Promise.race([work?.catch(() => undefined), sleep(400)]);
    await bounded(this.#consumer?.close(true));
    await bounded(this.#producer.close());
    if ((this.#options.instance ?? 0) > 0) return; // others still follow them
    const admin = new Admin(serviceClient(this.#options, 'admin'));
    await bounded(admin.deleteTopics({ topics: this.#ownTopics() }));
    await bounded(admin.close());
  }
}

function textOf(data?: Buffer): string {
  return stringDeserializer(data) ?? '';
}
