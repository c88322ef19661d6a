/** RabbitMQ through amqplib: publishes with confirms, replies by correlation id, one connection a load worker. */
import type { Channel, ConfirmChannel, ConsumeMessage, Options } from 'amqplib';
import { BenchError, exitCodes } from '../../../result/bench-error.ts';
import type { BatchCounts, BlockedPublishers, BodyBytes, Completion } from '../../../result/result-types.ts';
import type { QueueRequest, QueueTarget } from '../../../scenarios/scenario.ts';
import { messageHeaders } from '../../domain/order-message.ts';
import type { Call, Driver, DriverContext, Session } from '../../driver.ts';
import { BatchGatherer } from '../../driver-kit/batch-gatherer.ts';
import { BodyCodec, type UnpackProblem } from '../../driver-kit/body-codec.ts';
import { cannotConnect } from '../../driver-kit/cannot-connect.ts';
import { completionOf } from '../../driver-kit/completion-of.ts';
import { CorrelatedAttempts } from '../../driver-kit/correlated-attempts.ts';
import { openedSession } from '../../driver-kit/opened-session.ts';
import { peerName } from '../../driver-kit/peer-name.ts';
import { compileTemplate } from '../../driver-kit/request-template.ts';
import { WaitingSlots } from '../../driver-kit/waiting-slots.ts';
import { unlessAborted } from '../../process/unless-aborted.ts';
import { BrokerChannel } from './broker-channel.ts';
import { type CompiledRequest, compileRequest } from './compiled-request.ts';
import { brokerAddress, checkOwnSystem, namesQueue, refusalOf } from './own-broker.ts';
import { PublisherBlocks } from './publisher-blocks.ts';
import { isOfStream, isOurs, requireTakeable, streamThatRefused } from './taken-queue.ts';

export const rabbitmqDriver: Driver = {
  protocol: 'queue',
  open(context, signal) {
    return openedSession(new QueueSession(context), signal, (cause) => cannotOpen(context, cause));
  },
};

function cannotOpen(context: DriverContext, cause: unknown): BenchError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const peer = `RabbitMQ at ${peerName(context)}`;
  const missing = /NOT_FOUND - no (queue|exchange) '([^']*)'/.exec(said);
  if (missing === null) {
    const refusal = refusalOf(said, context.target as QueueTarget);
    return cannotConnect(peer, refusal ?? said, 'Check the address, the user and the virtual host.', cause);
  }
  return new BenchError(`${missing[1]}Missing`, `${peer} has no ${missing[1]} ${missing[2]}`, {
    hint: 'Create it first, or correct its name in `requests` or `reply`: those of your own system are never created here.',
    exitCode: exitCodes.stack,
    cause,
  });
}

class QueueSession implements Session {
  readonly #context: DriverContext;
  readonly #target: QueueTarget;
  readonly #requests: readonly CompiledRequest[];
  readonly #attempts: CorrelatedAttempts;
  readonly #waiting: WaitingSlots;
  readonly #broker: BrokerChannel;
  readonly #codec: BodyCodec | null;
  /** null: each message leaves as it comes. */
  readonly #gatherer: BatchGatherer | null;
  readonly #window: number;
  readonly #batchCounts = { messages: 0, requests: 0, confirms: 0 };
  /** Published, and neither confirmed nor refused. */
  #unconfirmed = 0;
  #channel: Channel | null = null;
  /** amqplib's own buffer is full. */
  #isFull = false;
  readonly #blocks = new PublisherBlocks();
  #replyQueue = '';
  #connections = 0;
  /** Later connections find messages of our own. */
  #wasPrepared = false;
  /** Of the queues that are taken from: they are read, and nothing is taken away. */
  readonly #streams = new Set<string>();
  /** Messages of others, not acknowledged. */
  #held = 0;
  /** Slots and generations by turns, published without confirms since the event loop came round. */
  #handedOver: number[] = [];

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
    const { batch, confirmWindow = Number.POSITIVE_INFINITY } = this.#target;
    this.#gatherer = batch === undefined ? null : new BatchGatherer(batch, (slots) => this.#takeBatch(slots));
    this.#window = confirmWindow;
    const { url, options: socket } = brokerAddress(this.#target, context.address);
    this.#broker = new BrokerChannel({
      url,
      socket,
      confirms: this.#target.confirms,
      reconnect: context.reconnect,
      prepare: (channel) => this.#prepare(channel),
      opened: (channel) => this.#onOpened(channel),
      lost: (reason) => this.#onLost(reason),
      blocked: (reason) => this.#onBlocked(reason),
    });
  }

  /** The library heeds no signal. */
  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await unlessAborted(this.#open(), signal);
  }

  async #open(): Promise<void> {
    if (this.#target.address !== undefined) checkOwnSystem(this.#target, this.#context);
    for (;;) {
      try {
        return await this.#broker.open();
      } catch (error) {
        const stream = streamThatRefused(error);
        if (stream === null || this.#streams.has(stream)) throw error;
        this.#streams.add(stream);
      }
    }
  }

  async #prepare(channel: Channel): Promise<void> {
    if (this.#requests.some(({ expectsReply }) => expectsReply)) {
      this.#replyQueue = await this.#replyQueueOn(channel);
      if (this.#target.address === undefined) await this.#consumeExclusive(channel, this.#replyQueue);
      else await this.#take(channel, this.#replyQueue);
    }
    if (this.#target.address === undefined) return;
    const requests = this.#context.operations.map(({ request }) => request as QueueRequest);
    for (const exchange of new Set(requests.map(({ exchange }) => exchange))) {
      if (exchange !== '' && compileTemplate(exchange).isConstant) await channel.checkExchange(exchange);
    }
    for (const queue of new Set(requests.filter(namesQueue).map(({ routingKey }) => routingKey))) {
      await channel.checkQueue(queue);
      if (this.#target.consume === true) await this.#take(channel, queue);
    }
    if (typeof this.#target.consume === 'object') await this.#consumeBound(channel, this.#target.consume.bind);
    this.#wasPrepared = true;
  }

  /**
   * An own system's is named by the scenario. A reference target's is exclusive, and another for each connection: the
   * broker may take a lost connection, and so the consumer on it, for alive much longer than we do.
   */
  async #replyQueueOn(channel: Channel): Promise<string> {
    const { address, reply } = this.#target;
    const name = reply?.queue ?? '';
    if (address !== undefined) return (await channel.checkQueue(name)).queue;
    const own = `${name}-${this.#context.worker}-${this.#connections++}`;
    return (await channel.assertQueue(own, { exclusive: true, durable: false, autoDelete: true })).queue;
  }

  /** Ours alone: whatever comes was sent to nobody else. */
  async #consumeExclusive(channel: Channel, queue: string): Promise<void> {
    await channel.consume(queue, (message) => this.#onMessage(message), { noAck: true });
  }

  async #consumeBound(channel: Channel, { exchange, routingKey }: { exchange: string; routingKey: string }) {
    const { queue } = await channel.assertQueue('', { exclusive: true, durable: false, autoDelete: true });
    await channel.bindQueue(queue, exchange, routingKey);
    await this.#consumeExclusive(channel, queue);
  }

  /** The user's: what is not ours is not acknowledged, and so goes back when the channel closes. */
  async #take(channel: Channel, queue: string): Promise<void> {
    const mayDiscard = this.#target.existing === 'discard';
    if (!this.#wasPrepared && !this.#streams.has(queue)) await requireTakeable(channel, queue, mayDiscard);
    this.#held = 0;
    await channel.prefetch(this.#target.prefetch);
    await channel.consume(queue, (message) => {
      if (message === null || mayDiscard || isOurs(message.properties.correlationId) || isOfStream(message)) {
        if (message !== null) channel.ack(message);
        this.#onMessage(message);
      } else if (++this.#held >= this.#target.prefetch) {
        // No more would come: they go back, and it begins anew.
        this.#attempts.failAll('the queue is full of messages of others');
        this.#broker.renew();
      }
    });
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
    this.#publishWaiting();
  }

  /** amqplib answers the pending confirms of some losses only, and the replies are gone with the connection. */
  #onLost(reason: string): void {
    this.#channel = null;
    this.#blocks.end();
    this.#attempts.failAll(reason);
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
    const isOpen = this.#channel !== null && !this.#isFull && !this.#blocks.isBlocked;
    return isOpen && this.#unconfirmed < this.#window;
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
      const isWrite = this.#broker.together(() => this.#publishAll());
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
    if (request.expectsReply) properties.replyTo = this.#replyQueue;
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
        });
      } else {
        this.#isFull = !channel.publish(exchange, routingKey, body, properties);
        this.#acknowledgeSoon(slot, generation);
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

  /** amqplib tells a refused message from one whose channel is gone by nothing but its text. */
  #refusalOf({ message }: Error): string {
    return message === 'message nacked' ? 'not confirmed' : this.#broker.closeReason;
  }

  #packed(body: Buffer, properties: Options.Publish): Buffer {
    if (this.#codec === null || body.length === 0 || !this.#codec.packs(body.length)) return body;
    properties.contentEncoding = this.#codec.encoding;
    return this.#codec.pack(body);
  }

  /** Without confirms nobody ever says more than that the connection took it: amqplib writes when the loop comes round. */
  #acknowledgeSoon(slot: number, generation: number): void {
    if (this.#handedOver.push(slot, generation) > 2) return;
    setImmediate(() => setImmediate(() => this.#acknowledgeHandedOver()));
  }

  #acknowledgeHandedOver(): void {
    const handedOver = this.#handedOver;
    this.#handedOver = [];
    for (let n = 0; n < handedOver.length; n += 2) {
      this.#attempts.acknowledge(handedOver[n] as number, handedOver[n + 1] as number);
    }
  }

  #onMessage(message: ConsumeMessage | null): void {
    if (message === null) {
      this.#broker.renew(); // the queue was deleted
      return;
    }
    const { correlationId, headers } = message.properties;
    const problem = this.#problemOf(message);
    if (problem === '') this.#attempts.answer(correlationId, headers?.[messageHeaders.code]);
    else this.#attempts.failById(String(correlationId), problem, false);
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
    return this.#broker.reconnects;
  }

  async close(): Promise<void> {
    this.#channel = null;
    this.#gatherer?.close();
    this.#attempts.forgetAll();
    await this.#broker.close();
  }
}
