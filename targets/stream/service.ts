/** The orders behind a stream: a consumer group on the request topic, replies on the reply topic, offsets after the effect or before. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Admin,
  Consumer,
  type Message,
  type MessageToProduce,
  Producer,
  stringDeserializer,
} from '@platformatic/kafka';
import type { StreamCodec, StreamTarget } from '../../scenarios/scenario.ts';
import { hostService } from '../domain/host-service.ts';
import { type MessageCodec, messageCodecOf } from '../domain/message-codec.ts';
import type { OrderDomain } from '../domain/order-domain.ts';
import { messageHeaders, unreadable } from '../domain/order-message.ts';
import type { ServiceOptions } from '../domain/service-options.ts';
import { CommitFirst } from './commit-first.ts';
import { createTopics } from './create-topics.ts';
import { serviceGroupOf } from './group-lag.ts';
import { useStreamCodecs } from './stream-codecs.ts';
import { correlationHeader, idHeader, replyTopicHeader } from './stream-headers.ts';
import { type CommitPosition, WatermarkOffsets } from './watermark-offsets.ts';

const commitEveryMs = 200;
const restartAfterMs = 100;
const sendRetryMs = 50;
const nothing = Buffer.alloc(0);
const mostBytesInBatch = 786_432;

hostService(async (domain, options) => {
  const service = new StreamService(domain, options);
  await service.begin();
  return { close: () => service.close(), rebalances: () => service.rebalances };
});

/** A fresh broker creates its coordinator's topic at the first group and refuses until that is done. */
const coordinatorRetries = { retries: 40, retryDelay: 250 };

type TextMessage = Message<Buffer, Buffer, string, string>;

class StreamService {
  readonly #domain: OrderDomain;
  readonly #options: ServiceOptions;
  readonly #groupId: string;
  readonly #producer: Producer;
  readonly #codec: StreamCodec | 'none';
  readonly #messages: MessageCodec;
  readonly #offsets = new WatermarkOffsets();
  /** null: offsets are committed after the effect. */
  readonly #commitFirst: CommitFirst<TextMessage> | null;
  #consumer: Consumer<Buffer, Buffer, string, string> | null = null;
  #replies: MessageToProduce[] = [];
  #sending = false;
  #joined = 0;
  #closed = false;

  constructor(domain: OrderDomain, options: ServiceOptions) {
    this.#domain = domain;
    this.#options = options;
    const { commit, compression, codec } = options.target as StreamTarget;
    this.#messages = messageCodecOf(codec);
    this.#commitFirst =
      commit === 'before'
        ? new CommitFirst({ commit: (positions) => this.#commitAt(positions), handle: (one) => this.#apply(one) })
        : null;
    useStreamCodecs(compression);
    this.#codec = compression?.codec ?? 'none';
    this.#groupId = serviceGroupOf(options.names.requests ?? '');
    this.#producer = new Producer(this.#base('producer'));
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
    const { partitions } = this.#options.target as StreamTarget;
    const { requests = '', replies = '' } = this.#options.names;
    // On as many brokers as theirs are set to; a service that is started again finds them there.
    await createTopics(this.#base('admin'), { topics: [requests, replies], partitions });
    await this.#follow();
    setInterval(() => void this.#commit(), commitEveryMs).unref();
  }

  async #follow(): Promise<void> {
    const consumer: Consumer<Buffer, Buffer, string, string> = new Consumer({
      ...this.#base('consumer'),
      ...coordinatorRetries,
      groupId: this.#groupId,
      // A static member: started again after it was killed, it takes its partitions up at once, instead of after the
      // session of its former self has run out.
      groupInstanceId: 'service',
      autocommit: false,
      minBytes: 1,
      maxWaitTime: 500,
      deserializers: { headerKey: textOf, headerValue: textOf },
    });
    consumer.on('consumer:group:join', () => this.#joined++);
    this.#consumer = consumer;
    const topic = this.#options.names.requests ?? '';
    const stream = await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest' });
    stream.on('data', (message) => this.#take(message));
    let over = false;
    const restart = () => {
      if (over || this.#closed) return;
      over = true;
      void this.#restart(consumer);
    };
    stream.on('error', restart);
    stream.on('close', restart);
  }

  async #restart(lost: Consumer<Buffer, Buffer, string, string>): Promise<void> {
    await Promise.race([lost.close(true).catch(() => undefined), sleep(1_000)]);
    this.#offsets.clear();
    this.#commitFirst?.clear();
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

  #take(message: TextMessage): void {
    if (this.#commitFirst !== null) {
      this.#domain.failpoint.reach('ack', message.headers.get(idHeader) ?? '');
      this.#commitFirst.take(message);
    } else this.#apply(message, this.#offsets.begin(message.partition, message.offset, message.leaderEpoch));
  }

  #apply(message: TextMessage, handled?: () => void): void {
    const { headers } = message;
    const value = (message.value as Buffer | null | undefined) ?? nothing; // a tombstone has none
    const requestId = headers.get(idHeader) ?? '';
    const request = this.#messages.request(value, (name) => headers.get(name), requestId) ?? unreadable(requestId);
    const topic = headers.get(replyTopicHeader);
    this.#domain.handle({ ...request, isUnheard: topic === undefined }, (reply) => {
      if (handled !== undefined) this.#domain.failpoint.reach('ack', requestId);
      handled?.();
      // A topic that does not exist, named by who knows whom, would hold up the replies to all others.
      if (topic === undefined || topic !== this.#options.names.replies) return;
      this.#reply({
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

  #reply(message: MessageToProduce): void {
    this.#replies.push(message);
    if (this.#sending) return;
    this.#sending = true;
    queueMicrotask(() => void this.#sendReplies());
  }

  /** What gathered while the last batch was under way leaves as the next one. */
  async #sendReplies(): Promise<void> {
    while (this.#replies.length > 0 && !this.#closed) {
      const batch = this.#replies.splice(0, batchLength(this.#replies));
      try {
        await this.#producer.send({ messages: batch, acks: -1, compression: this.#codec });
      } catch {
        this.#replies = [...batch, ...this.#replies]; // a reply is owed until the requester gives up
        this.#producer.clearMetadata(); // the leader may be another one by now
        await sleep(sendRetryMs);
      }
    }
    this.#sending = false;
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
    const bounded = (work: Promise<unknown> | undefined) => Promise.race([work?.catch(() => undefined), sleep(400)]);
    await bounded(this.#consumer?.close(true));
    await bounded(this.#producer.close());
    const admin = new Admin(this.#base('admin'));
    await bounded(admin.deleteTopics({ topics: Object.values(this.#options.names) }));
    await bounded(admin.close());
  }
}

/** How many of the first replies fit into one batch: the broker refuses larger ones as a whole. */
function batchLength(replies: readonly MessageToProduce[]): number {
  let bytes = 0;
  for (const [n, { value }] of replies.entries()) {
    bytes += value?.length ?? 0;
    if (n > 0 && bytes > mostBytesInBatch) return n;
  }
  return replies.length;
}

function textOf(data?: Buffer): string {
  return stringDeserializer(data) ?? '';
}
