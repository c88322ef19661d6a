/** Kafka: what is pending leaves as one batch, replies and deliveries come back by correlation header. */
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { StreamRequest, StreamTarget } from '../../scenarios/scenario.ts';
import { isAccepted, messageHeaders } from '../domain/order-message.ts';
import { type Driver, type DriverContext, type Outcome, outcomes, type Session } from '../driver.ts';
import { compileTemplate, type RequestTemplate } from '../request-template.ts';
import type { StreamClient, StreamClientOptions, StreamMessage } from './stream-client.ts';
import { correlationHeader, idHeader, replyTopicHeader } from './stream-headers.ts';

/** As many as Kafka's own producer keeps in flight by default. */
const mostRequestsInFlight = 5;
const mostMessagesInBatch = 1_000;

const clients = {
  platformatic: async (options) => new (await import('./platformatic-client.ts')).PlatformaticClient(options),
  kafkajs: async (options) => new (await import('./kafkajs-client.ts')).KafkajsClient(options),
} as const satisfies Record<StreamTarget['client'], (options: StreamClientOptions) => Promise<StreamClient>>;

export const streamDriver: Driver = {
  protocol: 'stream',
  async open(context, signal) {
    const target = context.target as StreamTarget;
    const producers = Math.max(1, Math.floor(target.producers / context.workers));
    const clientId = `wirebench-${context.trialTag}-${context.worker}`;
    const client = await clients[target.client]({ address: context.address, clientId, acks: target.acks, producers });
    try {
      signal.throwIfAborted();
      const session = new StreamSession(context, client, producers);
      await session.prepare();
      return session;
    } catch (cause) {
      await client.close();
      if (cause instanceof BenchError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new BenchError('cannotConnect', `Kafka at ${context.address} cannot be used: ${why}`, {
        hint: 'Check the address, and that the topics of the requests exist.',
        exitCode: exitCodes.stack,
        cause,
      });
    }
  },
};

interface CompiledRequest {
  readonly topic: RequestTemplate;
  readonly key: RequestTemplate | null;
  readonly value: RequestTemplate;
  readonly headers: readonly (readonly [string, RequestTemplate])[];
  readonly expectsReply: boolean;
  readonly expectsDelivery: boolean;
}

interface ProducerLane {
  readonly index: number;
  readonly pending: number[];
  inFlight: number;
  scheduled: boolean;
}

const describeAttempts = 8;
const describeEveryMs = 150;

const idle = 0;
const waiting = 1;
const inFlight = 2;

class StreamSession implements Session {
  readonly #context: DriverContext;
  readonly #target: StreamTarget;
  readonly #client: StreamClient;
  readonly #requests: readonly CompiledRequest[];
  readonly #lanes: readonly ProducerLane[];
  readonly #state: Uint8Array;
  /** Grows with every start: an answer to an earlier one no longer fits. */
  readonly #generation: Uint32Array;
  #reconnects = 0;
  #failing = false;

  constructor(context: DriverContext, client: StreamClient, producers: number) {
    this.#context = context;
    this.#target = context.target as StreamTarget;
    this.#client = client;
    this.#state = new Uint8Array(context.calls.length);
    this.#generation = new Uint32Array(context.calls.length);
    this.#lanes = Array.from({ length: producers }, (_, index) => ({
      index,
      pending: [],
      inFlight: 0,
      scheduled: false,
    }));
    const { reply, consume } = this.#target;
    this.#requests = context.operations.map(({ request, pattern }) => {
      const { topic, key, value, headers } = request as StreamRequest;
      return {
        topic: compileTemplate(topic),
        key: key === undefined ? null : compileTemplate(key),
        value: compileTemplate(value),
        headers: Object.entries(headers).map(([name, text]) => [name, compileTemplate(text)] as const),
        expectsReply: reply !== undefined && pattern === 'request-reply',
        expectsDelivery: consume && reply === undefined,
      };
    });
  }

  async prepare(): Promise<void> {
    const topics = [
      ...new Set(
        this.#context.operations
          .map(({ request }) => (request as StreamRequest).topic)
          .filter((topic) => compileTemplate(topic).isConstant),
      ),
    ];
    const replies = this.#requests.some(({ expectsReply }) => expectsReply) ? [this.#target.reply?.topic ?? ''] : [];
    const brokers = await this.#describe([...topics, ...replies]);
    if (this.#context.proxied && !brokers.some((broker) => sameAddress(broker, this.#context.address))) {
      throw this.#notProxied(brokers);
    }
    const groupId = `wirebench-${this.#context.trialTag}-${this.#context.worker}`;
    const onMessage = (header: (name: string) => string | undefined) => this.#onAnswer(header);
    const from = this.#target.address === undefined ? 'earliest' : 'latest';
    if (replies.length > 0) await this.#client.consume({ topics: replies, groupId, from, onMessage });
    else if (this.#requests.some(({ expectsDelivery }) => expectsDelivery)) {
      await this.#client.consume({ topics, groupId, from, onMessage });
    }
  }

  /** A topic that was created a moment ago may not have reached the metadata yet. */
  async #describe(topics: readonly string[]): Promise<readonly string[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#client.describe(topics);
      } catch (error) {
        if (attempt === describeAttempts) throw error;
        await sleep(describeEveryMs);
      }
    }
  }

  #notProxied(brokers: readonly string[]): BenchError {
    const { address } = this.#context;
    return new BenchError(
      'kafkaNotProxied',
      `This Kafka advertises ${brokers.join(', ')}, so its clients would go round the proxy at ${address}`,
      {
        hint: `Set \`via: direct\` on the target, or give the broker one more listener that advertises the proxy, e.g.\n  listeners=…,PROXIED://127.0.0.1:19092\n  advertised.listeners=…,PROXIED://${address}`,
        exitCode: exitCodes.usage,
      },
    );
  }

  start(slot: number): void {
    this.#generation[slot] = ((this.#generation[slot] as number) + 1) >>> 0;
    this.#state[slot] = waiting;
    const key = this.#context.calls[slot]?.key ?? '';
    // One key stays with one producer: that is what keeps its order.
    const lane = this.#lanes[this.#lanes.length === 1 ? 0 : crc32(key) % this.#lanes.length] as ProducerLane;
    lane.pending.push(slot);
    this.#schedule(lane);
  }

  #schedule(lane: ProducerLane): void {
    if (lane.scheduled || lane.inFlight >= mostRequestsInFlight) return;
    lane.scheduled = true;
    const leave = () => {
      lane.scheduled = false;
      this.#sendBatch(lane);
    };
    if (this.#target.lingerMs > 0) setTimeout(leave, this.#target.lingerMs);
    else queueMicrotask(leave);
  }

  #sendBatch(lane: ProducerLane): void {
    const { calls, payloads, sink } = this.#context;
    const slots: number[] = [];
    const generations: number[] = [];
    const messages: StreamMessage[] = [];
    for (const slot of lane.pending.splice(0, mostMessagesInBatch)) {
      if (this.#state[slot] !== waiting) continue;
      const call = calls[slot];
      const request = call && this.#requests[call.operation];
      if (call === undefined || request === undefined) continue;
      const payload = payloads[call.operation]?.[call.payload];
      const generation = this.#generation[slot] as number;
      const headers: Record<string, string> = {
        [idHeader]: call.id,
        [correlationHeader]: `${this.#context.worker}.${slot}.${generation}`,
      };
      for (const [name, value] of request.headers) headers[name] = value.text(call, payload);
      if (request.expectsReply) headers[replyTopicHeader] = this.#target.reply?.topic ?? '';
      const key = request.key?.text(call, payload);
      messages.push({
        topic: request.topic.text(call, payload),
        key,
        value: request.value.bytes(call, payload),
        headers,
      });
      slots.push(slot);
      generations.push(generation);
      this.#state[slot] = inFlight;
      sink.sent(slot);
    }
    if (messages.length === 0) return;
    lane.inFlight++;
    const done = (reason: string) => {
      lane.inFlight--;
      for (const [n, slot] of slots.entries()) this.#onAcknowledged(slot, generations[n] as number, reason);
      if (lane.pending.length > 0) this.#schedule(lane);
    };
    this.#client.send(lane.index, messages).then(
      () => {
        if (this.#failing) this.#reconnects++;
        this.#failing = false;
        done('');
      },
      (error: unknown) => {
        this.#failing = true;
        done(reasonOf(error));
      },
    );
    if (lane.pending.length > 0) this.#schedule(lane);
  }

  #onAcknowledged(slot: number, generation: number, reason: string): void {
    if (!this.#isCurrent(slot, generation)) return;
    if (reason !== '') {
      this.#end(slot, generation, outcomes.failed, reason, true);
      return;
    }
    const request = this.#requests[this.#context.calls[slot]?.operation ?? 0];
    if (request?.expectsReply || request?.expectsDelivery) this.#context.sink.acknowledged(slot);
    else this.#end(slot, generation, outcomes.ok, '', false);
  }

  #onAnswer(header: (name: string) => string | undefined): void {
    const [worker, slot, generation] = (header(correlationHeader) ?? '').split('.').map(Number);
    if (worker !== this.#context.worker || slot === undefined || generation === undefined) return;
    const code = header(messageHeaders.code);
    if (code !== undefined && !isAccepted(code)) {
      this.#end(slot, generation, outcomes.rejected, `reply ${code}`, code === 'unavailable');
    } else this.#end(slot, generation, outcomes.ok, '', false);
  }

  #isCurrent(slot: number, generation: number): boolean {
    return this.#state[slot] === inFlight && this.#generation[slot] === generation;
  }

  #end(slot: number, generation: number, outcome: Outcome, reason: string, retryable: boolean): void {
    if (!this.#isCurrent(slot, generation)) return;
    this.#state[slot] = idle;
    this.#context.sink.completed(slot, outcome, reason, retryable);
  }

  abort(slot: number): void {
    this.#state[slot] = idle; // a pending entry of it is passed over, a late answer does not fit any more
  }

  completion(operation: number): 'replied' | 'acknowledged' | 'delivered' {
    const request = this.#requests[operation];
    return request?.expectsReply ? 'replied' : request?.expectsDelivery ? 'delivered' : 'acknowledged';
  }

  reconnects(): number {
    return this.#reconnects;
  }

  async close(): Promise<void> {
    this.#state.fill(idle);
    for (const lane of this.#lanes) lane.pending.length = 0;
    await this.#client.close();
  }
}

function sameAddress(a: string, b: string): boolean {
  const loopback = (address: string) => address.replace(/^(localhost|\[::1\]|::1):/, '127.0.0.1:');
  return loopback(a) === loopback(b);
}

/** Few distinct words: the innermost error's code, or its message without what varies. */
function reasonOf(error: unknown): string {
  let found = error as { code?: unknown; message?: unknown; cause?: unknown; errors?: unknown[] };
  for (let inner: unknown = found; inner !== undefined && inner !== null; ) {
    found = inner as typeof found;
    inner = found.cause ?? found.errors?.[0];
  }
  const { code, message } = found;
  if (typeof code === 'string')
    return code === 'ECONNREFUSED'
      ? 'connection refused'
      : code === 'ECONNRESET'
        ? 'connection reset'
        : `kafka ${code}`;
  return String(message ?? error)
    .replace(/[\d.:]+/g, '#')
    .slice(0, 80);
}
