/** RabbitMQ through amqplib: publishes with confirms, replies by correlation id, one connection a load worker. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import amqplib, { type ChannelModel, type ConfirmChannel, type ConsumeMessage, type Options } from 'amqplib';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { QueueRequest, QueueTarget } from '../../scenarios/scenario.ts';
import { isAccepted, messageHeaders } from '../domain/order-message.ts';
import { type Driver, type DriverContext, outcomes, type Session } from '../driver.ts';
import { compileTemplate, type RequestTemplate } from '../request-template.ts';
import { SlotQueue } from '../slot-queue.ts';

const connectTimeoutMs = 5_000;
const firstReconnectMs = 50;
const longestReconnectMs = 1_000;
const closeDeadlineMs = 1_500;

export const queueDriver: Driver = {
  protocol: 'queue',
  async open(context, signal) {
    const session = new QueueSession(context);
    try {
      signal.throwIfAborted();
      await session.connect();
      return session;
    } catch (cause) {
      await session.close();
      if (cause instanceof BenchError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new BenchError('cannotConnect', `RabbitMQ at ${context.address} cannot be used: ${why}`, {
        hint: 'Check the address, and that the exchange and queues of the requests exist.',
        exitCode: exitCodes.stack,
        cause,
      });
    }
  },
};

interface CompiledRequest {
  readonly exchange: RequestTemplate;
  readonly routingKey: RequestTemplate;
  readonly body: RequestTemplate;
  readonly headers: readonly (readonly [string, RequestTemplate])[];
  readonly expectsReply: boolean;
  readonly expectsDelivery: boolean;
}

const idle = 0;
const waiting = 1;
const inFlight = 2;

class QueueSession implements Session {
  readonly #context: DriverContext;
  readonly #target: QueueTarget;
  readonly #requests: readonly CompiledRequest[];
  readonly #state: Uint8Array;
  /** Grows with every start: a confirm or reply of an earlier one no longer fits. */
  readonly #generation: Uint32Array;
  readonly #returned = new Set<string>();
  readonly #waiting: SlotQueue;
  readonly #consumed: string[] = [];
  #connection: ChannelModel | null = null;
  #channel: ConfirmChannel | null = null;
  #blocked = false;
  #closed = false;
  #reconnects = 0;

  constructor(context: DriverContext) {
    this.#context = context;
    this.#target = context.target as QueueTarget;
    this.#state = new Uint8Array(context.calls.length);
    this.#generation = new Uint32Array(context.calls.length);
    this.#waiting = new SlotQueue(context.calls.length);
    const { reply, consume } = this.#target;
    this.#requests = context.operations.map(({ request, pattern }) => {
      const { exchange, routingKey, body, headers } = request as QueueRequest;
      return {
        exchange: compileTemplate(exchange),
        routingKey: compileTemplate(routingKey),
        body: compileTemplate(body),
        headers: Object.entries(headers).map(([name, value]) => [name, compileTemplate(value)] as const),
        expectsReply: reply !== undefined && pattern === 'request-reply',
        expectsDelivery: consume && reply === undefined,
      };
    });
  }

  get #isOwnSystem(): boolean {
    return this.#target.address !== undefined;
  }

  /** A reference target's replies come to a queue of this worker's own; an own system's to the one it names. */
  get #replyQueue(): string {
    const queue = this.#target.reply?.queue ?? '';
    return this.#isOwnSystem ? queue : `${queue}-${this.#context.worker}`;
  }

  async connect(): Promise<void> {
    const connection = await amqplib.connect(this.#url(), { noDelay: true, timeout: connectTimeoutMs });
    this.#connection = connection;
    connection.on('error', () => undefined); // 'close' follows
    connection.once('close', () => this.#lost());
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => void connection.close().catch(() => undefined)); // a channel error is as good as a lost connection
    channel.on('drain', () => {
      this.#blocked = false;
      this.#publishWaiting();
    });
    channel.on('return', (message) => void this.#returned.add(String(message.properties.correlationId)));
    await this.#consume(channel);
    this.#channel = channel;
    this.#blocked = false;
    this.#publishWaiting();
  }

  #url(): string {
    const { address } = this.#target;
    if (address === undefined) return `amqp://${this.#context.address}`;
    const url = new URL(/^amqps?:\/\//.test(address) ? address : `amqp://${address}`);
    url.host = this.#context.address;
    return url.href;
  }

  async #consume(channel: ConfirmChannel): Promise<void> {
    this.#consumed.length = 0;
    if (this.#requests.some(({ expectsReply }) => expectsReply)) {
      if (this.#isOwnSystem) await channel.checkQueue(this.#replyQueue);
      else await channel.assertQueue(this.#replyQueue, { durable: false, autoDelete: true });
      await channel.consume(this.#replyQueue, (message) => this.#onReply(message), { noAck: true });
    }
    if (!this.#isOwnSystem) return;
    const queues = new Set<string>();
    for (const { request } of this.#context.operations) {
      const { exchange, routingKey } = request as QueueRequest;
      if (exchange !== '') await channel.checkExchange(exchange);
      else if (compileTemplate(routingKey).isConstant) queues.add(routingKey);
    }
    for (const queue of queues) {
      await channel.checkQueue(queue);
      if (this.#target.consume) await channel.consume(queue, (message) => this.#onReply(message), { noAck: true });
    }
  }

  start(slot: number): void {
    this.#generation[slot] = ((this.#generation[slot] as number) + 1) >>> 0;
    this.#state[slot] = waiting;
    this.#waiting.push(slot);
    this.#publishWaiting();
  }

  #publishWaiting(): void {
    while (this.#channel !== null && !this.#blocked) {
      const slot = this.#waiting.shift();
      if (slot === -1) return;
      if (this.#state[slot] === waiting) this.#publish(this.#channel, slot);
    }
  }

  #publish(channel: ConfirmChannel, slot: number): void {
    const { calls, payloads, sink } = this.#context;
    const call = calls[slot];
    const request = call && this.#requests[call.operation];
    if (call === undefined || request === undefined) return;
    const payload = payloads[call.operation]?.[call.payload];
    const generation = this.#generation[slot] as number;
    const correlationId = `${slot}.${generation}`;
    const headers: Record<string, string> = {};
    for (const [name, value] of request.headers) headers[name] = value.text(call, payload);
    const properties: Options.Publish = {
      persistent: this.#target.durable,
      mandatory: true,
      messageId: call.id,
      correlationId,
      headers,
      ...(request.expectsReply && { replyTo: this.#replyQueue }),
    };
    this.#state[slot] = inFlight;
    sink.sent(slot);
    try {
      const room = channel.publish(
        request.exchange.text(call, payload),
        request.routingKey.text(call, payload),
        request.body.bytes(call, payload),
        properties,
        (error) => this.#onConfirm(slot, generation, correlationId, error),
      );
      if (!room) this.#blocked = true;
      // Without confirms nobody will ever say more than that it was handed to the socket.
      if (!this.#target.confirms) queueMicrotask(() => this.#onAcknowledged(slot, generation));
    } catch {
      queueMicrotask(() => this.#end(slot, generation, outcomes.failed, 'connection closed', true));
    }
  }

  #onConfirm(slot: number, generation: number, correlationId: string, error: unknown): void {
    if (this.#returned.delete(correlationId)) this.#end(slot, generation, outcomes.failed, 'unroutable', false);
    else if (error)
      this.#end(
        slot,
        generation,
        outcomes.failed,
        this.#channel === null ? 'connection closed' : 'not confirmed',
        true,
      );
    else if (this.#target.confirms) this.#onAcknowledged(slot, generation);
  }

  #onAcknowledged(slot: number, generation: number): void {
    if (!this.#isCurrent(slot, generation)) return;
    const request = this.#requests[this.#context.calls[slot]?.operation ?? 0];
    if (request?.expectsReply || request?.expectsDelivery) this.#context.sink.acknowledged(slot);
    else this.#end(slot, generation, outcomes.ok, '', false);
  }

  #onReply(message: ConsumeMessage | null): void {
    if (message === null) return void this.#connection?.close().catch(() => undefined); // the queue was deleted
    const { correlationId, headers } = message.properties;
    const [slot, generation] = String(correlationId).split('.').map(Number);
    if (slot === undefined || generation === undefined || !(slot < this.#state.length)) return;
    const code: unknown = headers?.[messageHeaders.code];
    if (typeof code === 'string' && !isAccepted(code)) {
      this.#end(slot, generation, outcomes.rejected, `reply ${code}`, code === 'unavailable');
    } else this.#end(slot, generation, outcomes.ok, '', false);
  }

  #isCurrent(slot: number, generation: number): boolean {
    return this.#state[slot] === inFlight && this.#generation[slot] === generation;
  }

  #end(
    slot: number,
    generation: number,
    outcome: (typeof outcomes)[keyof typeof outcomes],
    reason: string,
    retryable: boolean,
  ): void {
    if (!this.#isCurrent(slot, generation)) return;
    this.#state[slot] = idle;
    this.#context.sink.completed(slot, outcome, reason, retryable);
  }

  /** amqplib answers the pending confirms of some losses only: everything in flight ends here. */
  #lost(): void {
    this.#channel = null;
    this.#connection = null;
    this.#returned.clear();
    for (let slot = 0; slot < this.#state.length; slot++) {
      if (this.#state[slot] === inFlight)
        this.#end(slot, this.#generation[slot] as number, outcomes.failed, 'connection closed', true);
    }
    if (!this.#closed) void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (let waitMs = firstReconnectMs; !this.#closed; waitMs = Math.min(longestReconnectMs, waitMs * 2)) {
      await sleep(waitMs);
      if (this.#closed) return;
      try {
        await this.connect();
        this.#reconnects++;
        return;
      } catch {
        (this.#connection as ChannelModel | null)?.removeAllListeners('close');
        await (this.#connection as ChannelModel | null)?.close().catch(() => undefined);
        this.#connection = null;
      }
    }
  }

  abort(slot: number): void {
    this.#state[slot] = idle; // a waiting entry of it is passed over, a late confirm or reply does not fit any more
  }

  completion(operation: number): 'replied' | 'acknowledged' | 'delivered' {
    const request = this.#requests[operation];
    return request?.expectsReply ? 'replied' : request?.expectsDelivery ? 'delivered' : 'acknowledged';
  }

  reconnects(): number {
    return this.#reconnects;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#state.fill(idle);
    const connection = this.#connection;
    if (connection === null) return;
    await Promise.race([connection.close().catch(() => undefined), sleep(closeDeadlineMs, undefined, { ref: false })]);
    (connection.connection as unknown as { stream: Socket }).stream.destroy();
  }
}
