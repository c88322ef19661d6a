/** Kafka: what is pending leaves as one batch, replies and deliveries come back by correlation header. */
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { sumOfBatches } from '../../result/batch-counts.ts';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { BatchCounts, BodyBytes, Completion } from '../../result/result-types.ts';
import type { StreamRequest, StreamTarget } from '../../scenarios/scenario.ts';
import { messageHeaders } from '../domain/order-message.ts';
import type { Call, Driver, DriverContext, OperationSpec, Session } from '../driver.ts';
import { answersWithin } from '../driver-kit/answers-within.ts';
import { cannotConnect } from '../driver-kit/cannot-connect.ts';
import { connectTimeoutMs } from '../driver-kit/client-socket.ts';
import { completionOf } from '../driver-kit/completion-of.ts';
import { CorrelatedAttempts } from '../driver-kit/correlated-attempts.ts';
import { detailOf, headersText } from '../driver-kit/failure-detail.ts';
import { malformedAnswer } from '../driver-kit/guard-incoming.ts';
import { openedSession } from '../driver-kit/opened-session.ts';
import { peerName } from '../driver-kit/peer-name.ts';
import { RequestTemplate } from '../driver-kit/request-template.ts';
import { hintOfSilentEnd, isSilentEnd } from '../driver-kit/silent-end.ts';
import { unlessAborted } from '../process/unless-aborted.ts';
import { type CompiledRequest, compileRequest, constantTopics, isOneOfSeveral } from './compiled-request.ts';
import { deepestOf, loginFailureOf } from './login-failure.ts';
import { mostRequestsInFlight, ProducerLane, usualBatch } from './producer-lane.ts';
import type { DescribedCluster, StreamClient, StreamClientOptions, StreamMessage } from './stream-client.ts';
import { streamBodies, useStreamCodecs } from './stream-codecs.ts';
import { correlationHeader } from './stream-headers.ts';
import { topicFailureOf } from './topic-failure.ts';

const noValue = Buffer.alloc(0);

const clients = {
  platformatic: async (options) => new (await import('./platformatic-client.ts')).PlatformaticClient(options),
  kafkajs: async (options) => new (await import('./kafkajs-client.ts')).KafkajsClient(options),
} as const satisfies Record<StreamTarget['client'], (options: StreamClientOptions) => Promise<StreamClient>>;

export const streamDriver: Driver = {
  protocol: 'stream',
  async open(context, signal) {
    signal.throwIfAborted();
    return openedSession(new StreamSession(context), signal, (cause) => cannotOpen(context, cause));
  },
};

export function cannotOpen(
  context: Pick<DriverContext, 'target' | 'address' | 'proxied'> & Partial<Pick<DriverContext, 'operations'>>,
  cause: unknown,
): BenchError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const peer = `Kafka at ${peerName(context)}`;
  const { sasl } = context.target as StreamTarget;
  const login = loginFailureOf(cause, sasl);
  if (login !== null) return cannotConnect(peer, login, 'Check `sasl` on the target.', null);
  const replyTopic = (context.target as StreamTarget).reply?.topic;
  const asked = [...constantTopics(context.operations ?? []), ...(replyTopic === undefined ? [] : [replyTopic])];
  const topic = topicFailureOf(cause, [...new Set(asked)], sasl);
  if (topic !== null) return cannotConnect(peer, topic.why, topic.hint, null);
  const why = said.includes(malformedAnswer) ? 'what answers there does not speak Kafka' : inOurWords(deepestOf(cause));
  const { tls } = context.target;
  const closes = sasl === undefined || tls === undefined ? ` ${closesWhere}` : '';
  const shown = tls?.cert !== undefined && isSilentEnd(why) ? ` ${hintOfSilentEnd(tls)}` : '';
  return cannotConnect(peer, why, `${usualHint}${closes}${shown}`, cause);
}

function inOurWords(said: string): string {
  return /^(closed connection|connection closed)$/i.test(said) ? 'it closes the connection' : said;
}

const usualHint =
  'Check the address, and that the topics of `requests` and `reply` exist: those of your own system are never created here.';
const closesWhere =
  'A listener that wants TLS or a login (`tls: {}`, `sasl: …` on the target) closes what comes without.';

/** As for the protocols that we speak ourselves. */
export const openDeadlineMs = 2 * connectTimeoutMs;
/** A fresh broker creates its coordinator's topic at the first group. */
export const joinDeadlineMs = 25_000;
const describeAttempts = 8;
const describeEveryMs = 150;
const noPayload = Buffer.alloc(0);

class StreamSession implements Session {
  readonly #context: DriverContext;
  readonly #target: StreamTarget;
  readonly #requests: readonly CompiledRequest[];
  readonly #attempts: CorrelatedAttempts;
  #client: StreamClient | null = null;
  #lanes: readonly ProducerLane[] = [];
  #isCluster = false;
  #closed = false;

  constructor(context: DriverContext) {
    this.#context = context;
    this.#target = context.target as StreamTarget;
    const { calls, sink, trialTag, worker } = context;
    const completions = context.operations.map(({ pattern }) => completionOf(this.#target, pattern));
    this.#requests = context.operations.map(({ request }, index) =>
      compileRequest(
        request as StreamRequest,
        this.#target.address === undefined,
        completions[index] !== 'acknowledged',
        completions[index] === 'replied' ? this.#target.reply?.topic : undefined,
      ),
    );
    this.#attempts = new CorrelatedAttempts({
      slots: calls.length,
      sink,
      completions,
      operationOf: (slot) => calls[slot]?.operation ?? 0,
      prefix: `${trialTag}.${worker}`,
    });
  }

  /** The libraries heed no signal. */
  open(signal: AbortSignal): Promise<void> {
    return unlessAborted(this.#open(), signal);
  }

  async #open(): Promise<void> {
    const { address, linkOf, trialTag, worker, workers, operations } = this.#context;
    const { acks, compression, idempotent = false, tls, sasl } = this.#target;
    this.#isCluster = this.#target.address === undefined && address.includes(',');
    const share = Math.max(1, Math.floor(this.#target.producers / workers));
    // While one of several brokers is away the partitions of the others go on: each has producers of its own.
    const producers = this.#isCluster ? share * this.#target.partitions : share;
    const groupId = `wirebench-${trialTag}-${worker}`;
    const onLost = (producer: number) => this.#lanes[producer]?.lost();
    useStreamCodecs(compression);
    const topics = constantTopics(operations);
    const elsewhere = operations.find(({ index, request }) => {
      return this.completion(index) === 'delivered' && !topics.includes((request as StreamRequest).topic);
    });
    if (elsewhere !== undefined) throw cannotConsume(this.#target, elsewhere);
    const isAwaited = (completion: Completion) => operations.some(({ index }) => this.completion(index) === completion);
    const replyTopics = isAwaited('replied') ? [this.#target.reply?.topic ?? ''] : [];
    const { client, cluster } = await answersWithin(
      openDeadlineMs,
      this.#connect(
        { address, linkOf, tls, sasl, clientId: groupId, acks, idempotent, producers, onLost, compression },
        [...topics, ...replyTopics],
      ),
    );
    // Their links are there before the first fault; a broker that joins later gets its own when it is dialled.
    await Promise.all(cluster.brokers.map((broker) => linkOf?.(broker)));
    requirePartitions(this.#target, operations, cluster);
    this.#lanes = this.#createLanes(client, producers, topics);
    await answersWithin(openDeadlineMs, Promise.all(this.#lanes.map((lane) => lane.open())));
    const consumed = isAwaited('delivered') ? topics : replyTopics;
    if (consumed.length === 0) return;
    const joined = client.consume({
      topics: consumed,
      groupId,
      from: this.#target.address === undefined ? 'earliest' : 'latest',
      onMessage: (header, value) => {
        const code = header(messageHeaders.code);
        const tell = () =>
          detailOf(headersText(code === undefined ? {} : { [messageHeaders.code]: code }), value ?? noValue);
        this.#attempts.answer(header(correlationHeader), code, tell, header);
      },
    });
    await answersWithin(joinDeadlineMs, joined);
  }

  /**
   * A topic that was created a moment ago may not have reached the metadata yet. Of several servers of the user's own
   * some may be away, which through a proxy only shows when they are asked: each attempt begins with the next.
   */
  async #connect(
    options: StreamClientOptions,
    topics: readonly string[],
  ): Promise<{ readonly client: StreamClient; readonly cluster: DescribedCluster }> {
    const isOwn = this.#target.address !== undefined;
    for (let attempt = 0; ; attempt++) {
      const address = isOwn ? beginningWith(attempt, options.address) : options.address;
      this.#client ??= await clients[this.#target.client]({ ...options, address });
      const client = this.#client;
      try {
        if (this.#closed) throw new Error('closed meanwhile');
        return { client, cluster: await client.describe(topics) };
      } catch (error) {
        if (attempt + 1 === describeAttempts || this.#closed) throw error;
        if (isOwn && address.includes(',')) {
          this.#client = null;
          await client.close();
        }
        await sleep(describeEveryMs);
      }
    }
  }

  #createLanes(client: StreamClient, producers: number, topics: readonly string[]): ProducerLane[] {
    const { calls } = this.#context;
    const apart = this.#context.operations.some(({ request }) => isOneOfSeveral(request as StreamRequest));
    return Array.from(
      { length: producers },
      (_, index) =>
        new ProducerLane({
          index,
          client,
          topics,
          apart,
          partition: this.#isCluster ? index % this.#target.partitions : undefined,
          attempts: this.#attempts,
          slots: calls.length,
          reconnect: this.#context.reconnect,
          batch: this.#target.batch ?? { ...usualBatch, lingerMs: this.#target.lingerMs },
          requestsInFlight: this.#requestsInFlight(apart),
          bytesOf: (slot) => this.#bytesOf(slot),
          messageOf: (slot) => this.#messageOf(slot, this.#isCluster ? index % this.#target.partitions : undefined),
        }),
    );
  }

  #requestsInFlight(apart: boolean): number {
    const { maxInFlight, idempotent, client } = this.#target;
    // kafkajs forgets a topic that is not there when that request ends, and fails those that go on meanwhile.
    if (apart && client === 'kafkajs') return 1;
    // One batch sent again behind another would be out of sequence.
    return maxInFlight ?? (idempotent ? 1 : mostRequestsInFlight);
  }

  start(slot: number): void {
    this.#attempts.begin(slot);
    const lanes = this.#lanes;
    // One key stays with one producer: that is what keeps its order.
    const lane = lanes.length === 1 ? 0 : crc32(this.#context.calls[slot]?.key ?? '') % lanes.length;
    lanes[lane]?.push(slot);
  }

  #bytesOf(slot: number): number {
    const { call, request, payload } = this.#inSlot(slot);
    return request.value?.byteLength(call, payload) ?? 0;
  }

  #messageOf(slot: number, partition: number | undefined): StreamMessage {
    const { call, request, payload } = this.#inSlot(slot);
    const at = request.partition ?? partition;
    const headerValues: (string | Buffer | null)[] = [];
    if (request.isIdentified) headerValues.push(call.id);
    if (request.isCorrelated) headerValues.push(this.#attempts.correlationId(slot));
    if (request.replyTopic !== null) headerValues.push(request.replyTopic);
    for (const value of request.headerValues) {
      headerValues.push(value instanceof RequestTemplate ? value.text(call, payload) : value);
    }
    return {
      topic: request.topic.text(call, payload),
      key: request.key?.text(call, payload),
      value: request.value?.bytes(call, payload) ?? null,
      ...(at !== undefined && { partition: at }),
      headerNames: request.headerNames,
      headerValues,
    };
  }

  #inSlot(slot: number) {
    const call = this.#context.calls[slot] as Call;
    const request = this.#requests[call.operation] as CompiledRequest;
    return { call, request, payload: this.#context.payloads[call.operation]?.[call.payload] ?? noPayload };
  }

  abort(slot: number): void {
    for (const lane of this.#lanes) lane.remove(slot);
    this.#attempts.forget(slot);
  }

  readonly readsDeprecation = true;

  completion(operation: number): Completion {
    return this.#attempts.completion(operation);
  }

  bodyBytes(): BodyBytes | null {
    return this.#target.compression === undefined ? null : streamBodies();
  }

  batches(): BatchCounts {
    return sumOfBatches(this.#lanes.map(({ batches }) => batches));
  }

  reconnects(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.reconnects, 0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#attempts.forgetAll();
    for (const lane of this.#lanes) lane.close();
    await this.#client?.close();
  }
}

/** Addresses with commas between, in turn. */
function beginningWith(n: number, addresses: string): string {
  const all = addresses.split(',');
  const first = n % all.length;
  return [...all.slice(first), ...all.slice(0, first)].join(',');
}

/** Throws a BenchError (exit 2) for a partition that its topic has not. */
function requirePartitions(
  { name }: StreamTarget,
  operations: readonly OperationSpec[],
  { partitions }: DescribedCluster,
): void {
  for (const { name: operation, request } of operations) {
    const { topic, partition = 0 } = request as StreamRequest;
    const count = partitions.get(topic);
    if (count === undefined || partition < count) continue;
    throw new BenchError('partitionMissing', `${name}: ${operation} goes to partition ${partition} of topic ${topic}`, {
      hint: `It has ${count}, from 0 to ${count - 1}.`,
      exitCode: exitCodes.usage,
    });
  }
}

function cannotConsume({ name }: StreamTarget, operation: OperationSpec): BenchError {
  return new BenchError('cannotConsume', `${name}: consume needs to know the topic to which ${operation.name} goes`, {
    hint: 'Name it by `topic` without {{…}}, or leave `consume` out.',
    exitCode: exitCodes.usage,
  });
}
