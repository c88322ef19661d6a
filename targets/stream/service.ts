/**
 * The orders behind a stream: a consumer group on the request topic, replies on the reply topic, offsets after the effect
 * or before. What it cannot take up stays in the broker; what is refused and nobody waits for goes where the target says.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Admin,
  Consumer,
  type Message,
  type MessageToProduce,
  Producer,
  stringDeserializer,
} from '@platformatic/kafka';
import type { StreamTarget } from '../../scenarios/scenario.ts';
import { refusalCodes } from '../domain/evidence.ts';
import { hostService } from '../domain/host-service.ts';
import { type MessageCodec, messageCodecOf } from '../domain/message-codec.ts';
import { isRefusal, messageHeaders, unreadable } from '../domain/order-message.ts';
import type { ServiceDomain } from '../domain/service-domain.ts';
import type { ServiceOptions } from '../domain/service-options.ts';
import { CommitFirst } from './commit-first.ts';
import { createTopics, requireTopic } from './create-topics.ts';
import { serviceGroupOf } from './group-lag.ts';
import { OwedRecords } from './owed-records.ts';
import { type RecordsInHand, recordsInHandOf } from './records-in-hand.ts';
import { useStreamCodecs } from './stream-codecs.ts';
import { correlationHeader, idHeader, replyTopicHeader } from './stream-headers.ts';
import { type CommitPosition, WatermarkOffsets } from './watermark-offsets.ts';

const commitEveryMs = 200;
const restartAfterMs = 100;
/** Before a refused record is tried again. */
const requeueAfterMs = 200;
/** Of several members of a group: who is gone for so long has its partitions taken over. The least that Kafka lets one ask for. */
const sharedSessionMs = 6_000;
/** In hand of a service that bounds nothing itself: as many as a queue sends unacknowledged. */
const mostInHand = 100;
const nothing = Buffer.alloc(0);

hostService(async (domain, options) => {
  const service = new StreamService(domain, options);
  await service.begin();
  return { close: () => service.close(), rebalances: () => service.rebalances };
});

/** A fresh broker creates its coordinator's topic at the first group and refuses until that is done. */
const coordinatorRetries = { retries: 40, retryDelay: 250 };

type TextMessage = Message<Buffer, Buffer, string, string>;

/** A record that this consumer has in hand. */
interface Taken {
  readonly message: TextMessage;
  readonly partition: number;
  readonly offset: bigint;
  readonly leaderEpoch: number;
  readonly inHand: RecordsInHand;
  /** Call it once, but not for what comes again with another consumer. */
  readonly done: () => void;
}

class StreamService {
  readonly #domain: ServiceDomain;
  readonly #options: ServiceOptions;
  readonly #groupId: string;
  readonly #producer: Producer;
  readonly #owed: OwedRecords;
  readonly #messages: MessageCodec;
  readonly #offsets = new WatermarkOffsets();
  /** null: offsets are committed after the effect. */
  readonly #commitFirst: CommitFirst<Taken> | null;
  #consumer: Consumer<Buffer, Buffer, string, string> | null = null;
  /** By partition the last record that was begun: after a rejoin the group hands out again what is not committed yet. */
  readonly #begun = new Map<number, bigint>();
  #joined = 0;
  #closed = false;

  constructor(domain: ServiceDomain, options: ServiceOptions) {
    this.#domain = domain;
    this.#options = options;
    const { commit, compression, codec } = options.target as StreamTarget;
    this.#messages = messageCodecOf(codec);
    this.#commitFirst =
      commit === 'before'
        ? new CommitFirst({ commit: (positions) => this.#commitAt(positions), handle: (one) => this.#apply(one) })
        : null;
    useStreamCodecs(compression);
    this.#groupId = serviceGroupOf(options.names.requests ?? '');
    this.#producer = new Producer(this.#base('producer'));
    this.#owed = new OwedRecords(this.#producer, compression?.codec ?? 'none');
  }

  #base(role: string) {
    return {
      clientId: `wirebench-service-${role}`,
      bootstrapBrokers: (this.#options.broker ?? '').split(','),
      retries: 0,
      timeout: 30_000,
      connectTimeout: 3_000,
      metadataMaxAge: 300_000,
    };
  }

  /** The first time it joins it is alone, and nothing changes hands. */
  get rebalances(): number {
    return Math.max(0, this.#joined - 1);
  }

  async begin(): Promise<void> {
    const { partitions, deadLetter } = this.#options.target as StreamTarget;
    if (deadLetter !== undefined) await requireTopic(this.#base('admin'), deadLetter.topic, 'its dead letter topic');
    // On as many brokers as theirs are set to; a service that is started again finds them there.
    await createTopics(this.#base('admin'), { topics: this.#ownTopics(), partitions });
    await this.#follow();
    setInterval(() => void this.#commit(), commitEveryMs).unref();
  }

  #ownTopics(): string[] {
    const { requests = '', replies = '', deadLetters = '' } = this.#options.names;
    const { onRefusal, deadLetter } = this.#options.target as StreamTarget;
    return onRefusal === 'deadLetter' && deadLetter === undefined
      ? [requests, replies, deadLetters]
      : [requests, replies];
  }

  /** With the places of the service. */
  #mostInHand(): number {
    const { concurrency, waiting = 0 } = this.#options;
    return concurrency === undefined ? mostInHand : Math.min(mostInHand, concurrency + waiting);
  }

  async #follow(): Promise<void> {
    const { instance = 0, target } = this.#options;
    const { instances = 1 } = target;
    const consumer: Consumer<Buffer, Buffer, string, string> = new Consumer({
      ...this.#base('consumer'),
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
      this.#keepOnly(new Set(assignments?.flatMap(({ partitions }) => partitions)));
    });
    this.#consumer = consumer;
    const topic = this.#options.names.requests ?? '';
    const stream = await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest' });
    const inHand = recordsInHandOf(stream, this.#mostInHand(), {
      isClosed: () => this.#closed,
      lost: () => void this.#restart(consumer),
    });
    stream.on('data', (message) => this.#take(message, inHand));
  }

  async #restart(lost: Consumer<Buffer, Buffer, string, string>): Promise<void> {
    await Promise.race([lost.close(true).catch(() => undefined), sleep(1_000)]);
    this.#offsets.clear();
    this.#commitFirst?.clear();
    this.#begun.clear();
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

  /** What is another's by now is that one's to commit. */
  #keepOnly(partitions: ReadonlySet<number>): void {
    this.#offsets.keepOnly(partitions);
    for (const partition of this.#begun.keys()) if (!partitions.has(partition)) this.#begun.delete(partition);
  }

  #take(message: TextMessage, inHand: RecordsInHand): void {
    const { partition, offset, leaderEpoch } = message;
    if (offset <= (this.#begun.get(partition) ?? -1n)) return;
    this.#begun.set(partition, offset);
    const taken = { message, partition, offset, leaderEpoch, inHand };
    const leaveHand = inHand.take();
    if (this.#commitFirst !== null) {
      this.#domain.failpoint.reach('ack', message.headers.get(idHeader) ?? '');
      this.#commitFirst.take({ ...taken, done: leaveHand });
      return;
    }
    const committable = this.#offsets.begin(partition, offset, leaderEpoch);
    const done = () => {
      committable();
      leaveHand();
    };
    this.#apply({ ...taken, done });
  }

  #apply(taken: Taken): void {
    const { message, done } = taken;
    const { headers } = message;
    const value = (message.value as Buffer | null | undefined) ?? nothing; // a tombstone has none
    const requestId = headers.get(idHeader) ?? '';
    const request = this.#messages.request(value, (name) => headers.get(name), requestId) ?? unreadable(requestId);
    const topic = headers.get(replyTopicHeader);
    this.#domain.handle({ ...request, isUnheard: topic === undefined, canWait: true }, (reply) => {
      if (topic === undefined && isRefusal(reply.code)) {
        this.#refuse(taken, requestId);
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

  #refuse(taken: Taken, requestId: string): void {
    const { message, inHand, done } = taken;
    const { onRefusal = 'requeue' } = this.#options.target as StreamTarget;
    if (onRefusal === 'drop') {
      this.#domain.refused(requestId, refusalCodes.dropped);
      done();
    } else if (onRefusal === 'requeue') {
      this.#domain.refused(requestId, refusalCodes.requeued);
      // A log has no place to put it back to: it stays in hand, and nothing behind it is committed.
      const again = () => {
        if (!inHand.isOver && !this.#closed) this.#apply(taken);
      };
      setTimeout(again, requeueAfterMs).unref();
    } else {
      this.#owed.add(this.#deadLetterOf(message), () => {
        this.#domain.refused(requestId, refusalCodes.deadLettered);
        done();
      });
    }
  }

  #deadLetterOf({ key, value, headers }: TextMessage): MessageToProduce {
    const { deadLetter } = this.#options.target as StreamTarget;
    return {
      topic: deadLetter?.topic ?? this.#options.names.deadLetters ?? '',
      value: (value as Buffer | null | undefined) ?? nothing,
      ...(key !== undefined && { key }),
      headers: new Map([...headers].map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
    };
  }

  async #commit(): Promise<void> {
    const positions = this.#offsets.take();
    if (positions.length > 0) await this.#commitAt(positions).catch(() => undefined);
  }

  async #commitAt(positions: readonly CommitPosition[]): Promise<void> {
    const topic = this.#options.names.requests ?? '';
    await this.#consumer?.commit({ offsets: positions.map((position) => ({ topic, ...position })) });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#owed.close();
    const bounded = (work: Promise<unknown> | undefined) => Promise.race([work?.catch(() => undefined), sleep(400)]);
    await bounded(this.#consumer?.close(true));
    await bounded(this.#producer.close());
    if ((this.#options.instance ?? 0) > 0) return; // others still follow them
    const admin = new Admin(this.#base('admin'));
    await bounded(admin.deleteTopics({ topics: this.#ownTopics() }));
    await bounded(admin.close());
  }
}

function textOf(data?: Buffer): string {
  return stringDeserializer(data) ?? '';
}
