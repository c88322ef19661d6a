/**
 * RabbitMQ through amqplib: publishes with confirms, replies by correlation id. A load worker has a connection that publishes
 * and, where something comes back, one that consumes: the broker holds up a connection that publishes too much, acks and all.
 */
import type { Channel, ConfirmChannel, ConsumeMessage, Options } from 'amqplib';
import type { BatchCounts, BlockedPublishers, BodyBytes, Completion } from '../../../result/result-types.ts';
import type { QueueRequest, QueueTarget } from '../../../scenarios/scenario.ts';
import { messageHeaders } from '../../domain/order-message.ts';
import type { Call, Driver, DriverContext, Session } from '../../driver.ts';
import { BatchGatherer } from '../../driver-kit/batch-gatherer.ts';
import { BodyCodec, type UnpackProblem } from '../../driver-kit/body-codec.ts';
import { completionOf } from '../../driver-kit/completion-of.ts';
import { CorrelatedAttempts } from '../../driver-kit/correlated-attempts.ts';
import { detailOf, headersText } from '../../driver-kit/failure-detail.ts';
import { openedSession } from '../../driver-kit/opened-session.ts';
import { WaitingSlots } from '../../driver-kit/waiting-slots.ts';
import { unlessAborted } from '../../process/unless-aborted.ts';
import { BrokerChannel } from './broker-channel.ts';
import { type CompiledRequest, compileRequest } from './compiled-request.ts';
import { HandedOver } from './handed-over.ts';
import { IncomingQueues } from './incoming-queues.ts';
import { brokerAddress, cannotOpen, checkOwnSystem } from './own-broker.ts';
import { PublisherBlocks } from './publisher-blocks.ts';
import { RefusedPublishes } from './refused-publishes.ts';

export const rabbitmqDriver: Driver = {
  protocol: 'queue',
  open(context, signal) {
    return openedSession(new QueueSession(context), signal, (cause) => cannotOpen(context, cause));
  },
};

class QueueSession implements Session {
  readonly #context: DriverContext;
  readonly #target: QueueTarget;
  readonly #requests: readonly CompiledRequest[];
  readonly #attempts: CorrelatedAttempts;
  readonly #waiting: WaitingSlots;
  readonly #publishing: BrokerChannel;
  /** null: nothing is consumed, or on the connection that publishes. */
  readonly #consuming: BrokerChannel | null;
  readonly #incoming: IncomingQueues;
  readonly #codec: BodyCodec | null;
  /** null: each message leaves as it comes. */
  readonly #gatherer: BatchGatherer | null;
  readonly #window: number;
  readonly #batchCounts = { messages: 0, requests: 0, confirms: 0 };
  /** Published, and neither confirmed nor refused. */
  #unconfirmed = 0;
  #channel: Channel | null = null;
  #isConsuming = false;
  /** amqplib's own buffer is full. */
  #isFull = false;
  readonly #blocks = new PublisherBlocks();
  /** null: one broker, of which another channel would get no other answer. */
  readonly #refused: RefusedPublishes | null;
  /** Published without confirms. */
  readonly #handedOver = new HandedOver((slot, generation) => this.#attempts.acknowledge(slot, generation));

  constructor(context: DriverContext) {
    this.#context = context;
    this.#target = context.target as QueueTarget;
    this.#codec = BodyCodec.of(this.#target.compression);
    const { calls, sink, trialTag, worker } = context;
    const completions = context.operations.map(({ pattern }) => completionOf(this.#target, pattern));
    this.#requests = context.operations.map(({ request }, index) =>
      compileRequest(request as QueueRequest, completions[index] === 'replied'),
    );
    this.#attempts = new CorrelatedAttempts({
      slots: calls.length,
      sink,
      completions,
      operationOf: (slot) => calls[slot]?.operation ?? 0,
      prefix: `${trialTag}.${worker}`,
    });
    this.#waiting = new WaitingSlots(calls.length);
    this.#incoming = new IncomingQueues({
      target: this.#target,
      requests: context.operations.map(({ request }) => request as QueueRequest),
      expectsReplies: this.#requests.some(({ expectsReply }) => expectsReply),
      worker,
      received: (message) => this.#onMessage(message),
      overfull: (reason) => this.#onOverfull(reason),
    });
    const { batch, confirmWindow = Number.POSITIVE_INFINITY } = this.#target;
    this.#gatherer = batch === undefined ? null : new BatchGatherer(batch, (slots) => this.#takeBatch(slots));
    this.#window = confirmWindow;
    const { urls, options: socket } = brokerAddress(this.#target, context.address);
    this.#refused = urls.length > 1 ? new RefusedPublishes() : null;
    const { reconnect } = context;
    this.#publishing = new BrokerChannel({
      ...{ urls, socket, reconnect },
      confirms: this.#target.confirms,
      prepare: (channel) => this.#incoming.preparePublishing(channel),
      opened: (channel) => this.#onOpened(channel),
      lost: (reason) => this.#onLost(reason),
      blocked: (reason) => this.#onBlocked(reason),
    });
    if (!this.#incoming.needsConnection) this.#consuming = null;
    else {
      this.#consuming = new BrokerChannel({
        ...{ urls, socket, reconnect },
        confirms: false,
        prepare: (channel) => this.#incoming.consume(channel),
        opened: () => this.#onConsuming(),
        lost: (reason) => this.#onConsumerLost(reason),
      });
    }
  }

  /** The library heeds no signal. */
  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await unlessAborted(this.#open(), signal);
  }

  async #open(): Promise<void> {
    if (this.#target.address !== undefined) checkOwnSystem(this.#target, this.#context);
    await this.#publishing.open();
    for (;;) {
      try {
        return await this.#consuming?.open();
      } catch (error) {
        if (!this.#incoming.isRefusedStream(error)) throw error;
      }
    }
  }

  #onOpened(channel: Channel): void {
    channel.on('drain', () => {
      this.#isFull = false;
      this.#publishWaiting();
    });
    // Comes before the confirm of the same message, and is all there is without confirms.
    channel.on('return', ({ properties }) =>
      this.#attempts.failById(String(properties.correlationId), 'unroutable', false),
    );
    for (const told of ['ack', 'nack']) channel.on(told, () => this.#batchCounts.confirms++);
    this.#channel = channel;
    this.#isFull = false;
    this.#unconfirmed = 0;
    this.#refused?.end();
    this.#publishWaiting();
  }

  /** amqplib answers the pending confirms of some losses only. What the broker has confirmed may still be answered. */
  #onLost(reason: string): void {
    this.#channel = null;
    this.#blocks.end();
    if (this.#target.confirms && this.#consuming !== null) this.#attempts.failUnacknowledged(reason);
    else this.#attempts.failAll(reason);
  }

  #onConsuming(): void {
    this.#isConsuming = true;
    this.#publishWaiting();
  }

  /** Replies are gone with their queue, and what is published until there is another would have none. */
  #onConsumerLost(reason: string): void {
    this.#isConsuming = false;
    this.#attempts.failUnanswered(reason);
  }

  /** What is published to a broker that does not read would be neither with it nor with us. */
  #onBlocked(reason: string | null): void {
    if (reason !== null) {
      this.#blocks.begin(reason);
      return;
    }
    this.#blocks.end();
    this.#publishWaiting();
  }

  start(slot: number): void {
    this.#attempts.begin(slot);
    if (this.#gatherer !== null) this.#gatherer.push(slot, this.#bodyBytes(slot));
    else if (this.#canPublish && this.#waiting.length === 0) this.#publish(slot);
    else this.#waiting.push(slot);
  }

  get #canPublish(): boolean {
    const isOpen = this.#channel !== null && (this.#consuming === null || this.#isConsuming);
    return isOpen && !this.#isFull && !this.#blocks.isBlocked && this.#unconfirmed < this.#window;
  }

  #bodyBytes(slot: number): number {
    const { calls, payloads } = this.#context;
    const call = calls[slot] as Call;
    return this.#requests[call.operation]?.body.byteLength(call, payloads[call.operation]?.[call.payload]) ?? 0;
  }

  #takeBatch(slots: readonly number[]): void {
    for (const slot of slots) this.#waiting.push(slot);
    this.#publishWaiting(true);
  }

  /** `isBatch`: counts as one of its own. What a window held back counts as one only where it makes a write of its own. */
  #publishWaiting(isBatch = false): void {
    if (this.#waiting.length === 0 || !this.#canPublish) return;
    if (this.#gatherer === null) this.#publishAll();
    else {
      const isWrite = this.#publishing.together(() => this.#publishAll());
      if (isBatch || isWrite) this.#batchCounts.requests++;
    }
  }

  #publishAll(): void {
    while (this.#waiting.length > 0 && this.#canPublish) this.#publish(this.#waiting.shift());
  }

  #publish(slot: number): void {
    const { calls, payloads } = this.#context;
    const channel = this.#channel as Channel;
    const call = calls[slot];
    const request = call && this.#requests[call.operation];
    if (call === undefined || request === undefined) return;
    const payload = payloads[call.operation]?.[call.payload];
    const properties: Options.Publish = {
      persistent: this.#target.durable,
      mandatory: request.mandatory,
      messageId: call.id,
      correlationId: this.#attempts.correlationId(slot),
    };
    if (request.headers !== null) properties.headers = request.headers(call, payload);
    if (request.expectsReply) properties.replyTo = this.#incoming.replyQueue;
    for (const [name, value] of request.properties) Object.assign(properties, { [name]: value(call, payload) });
    const exchange = request.exchange.text(call, payload);
    const routingKey = request.routingKey.text(call, payload);
    const body = this.#packed(request.body.bytes(call, payload), properties);
    const generation = this.#attempts.send(slot);
    this.#batchCounts.messages++;
    try {
      if (this.#target.confirms) {
        this.#unconfirmed++;
        this.#isFull = !(channel as ConfirmChannel).publish(exchange, routingKey, body, properties, (error) => {
          this.#confirmed(channel);
          if (error === null) this.#attempts.acknowledge(slot, generation);
          else this.#attempts.fail(slot, generation, this.#refusalOf(error), true);
          this.#heed(channel, error);
        });
      } else {
        this.#isFull = !channel.publish(exchange, routingKey, body, properties);
        this.#handedOver.add(slot, generation);
      }
    } catch (error) {
      // What cannot be encoded, a routing key of more than 255 bytes, say; or the channel is closing, which its event tells.
      const name = error instanceof Error ? error.name : 'error';
      const isClosing = name === 'IllegalOperationError';
      const reason = isClosing ? 'connection closed' : `cannot be published: ${name}`;
      queueMicrotask(() => this.#attempts.fail(slot, generation, reason, isClosing, isClosing));
    }
  }

  /** Room for one that waits; a confirm of a lost connection's channel makes none. */
  #confirmed(channel: Channel): void {
    if (channel !== this.#channel) return;
    this.#unconfirmed--;
    if (this.#waiting.length > 0) this.#publishWaiting();
  }

  /** Of a cluster another channel may be taken what this one is refused. */
  #heed(channel: Channel, error: Error | null): void {
    if (this.#refused === null || channel !== this.#channel) return;
    if (error === null) this.#refused.end();
    else if (isNack(error) && this.#refused.add(performance.now())) this.#publishing.renew();
  }

  #refusalOf(error: Error): string {
    return isNack(error) ? 'not confirmed' : this.#publishing.closeReason;
  }

  #packed(body: Buffer, properties: Options.Publish): Buffer {
    if (this.#codec === null || body.length === 0 || !this.#codec.packs(body.length)) return body;
    properties.contentEncoding = this.#codec.encoding;
    return this.#codec.pack(body);
  }

  /** What is held goes back to its queue, and it begins anew. */
  #onOverfull(reason: string): void {
    this.#attempts.failAll(reason);
    this.#receiving.renew();
  }

  get #receiving(): BrokerChannel {
    return this.#consuming ?? this.#publishing;
  }

  #onMessage(message: ConsumeMessage | null): void {
    if (message === null) {
      this.#receiving.renew(); // the queue was deleted
      return;
    }
    const { correlationId, headers } = message.properties;
    const problem = this.#problemOf(message);
    if (problem === '') {
      const tell = () =>
        detailOf(headersText(headers), message.content, message.properties.contentEncoding || undefined);
      this.#attempts.answer(correlationId, headers?.[messageHeaders.code], tell, (name) => headers?.[name]);
    } else this.#attempts.failById(String(correlationId), problem, false);
  }

  /** What is compressed must unpack, to no more than it may: whoever compresses reads what comes back. */
  #problemOf({ content, properties }: ConsumeMessage): '' | UnpackProblem {
    const encoding: unknown = properties.contentEncoding;
    if (this.#codec === null || typeof encoding !== 'string' || encoding === '') return '';
    return this.#codec.problemOf(content, encoding);
  }

  abort(slot: number): void {
    if (!this.#waiting.remove(slot)) this.#gatherer?.remove(slot);
    this.#attempts.forget(slot);
  }

  readonly readsDeprecation = true;

  completion(operation: number): Completion {
    return this.#attempts.completion(operation);
  }

  bodyBytes(): BodyBytes | null {
    return this.#codec?.bodies() ?? null;
  }

  batches(): BatchCounts | null {
    if (this.#gatherer === null) return null;
    const { confirms, ...written } = this.#batchCounts;
    return this.#target.confirms ? { ...written, confirms } : written;
  }

  blockedPublishers(): BlockedPublishers | null {
    return this.#blocks.total();
  }

  reconnects(): number {
    return this.#publishing.reconnects + (this.#consuming?.reconnects ?? 0);
  }

  async close(): Promise<void> {
    this.#channel = null;
    this.#gatherer?.close();
    this.#attempts.forgetAll();
    await Promise.all([this.#publishing.close(), this.#consuming?.close()]);
  }
}

/** amqplib tells a refused message from one whose channel is gone by nothing but its text. */
function isNack({ message }: Error): boolean {
  return message === 'message nacked';
}
