/** Amazon SQS: sends with their own acknowledgement, replies by correlation id on a queue of each load thread's own. */

import type { BatchCounts, BodyBytes, Completion } from '../../../result/result-types.ts';
import type { SqsTarget } from '../../../scenarios/scenario.ts';
import type { Call, Driver, DriverContext, Session } from '../../driver.ts';
import { BatchGatherer } from '../../driver-kit/batch-gatherer.ts';
import { BodyCodec } from '../../driver-kit/body-codec.ts';
import { cannotConnect } from '../../driver-kit/cannot-connect.ts';
import { endpointOf } from '../../driver-kit/client-socket.ts';
import { completionOf } from '../../driver-kit/completion-of.ts';
import { connectionShare } from '../../driver-kit/connection-keeper.ts';
import { CorrelatedAttempts } from '../../driver-kit/correlated-attempts.ts';
import { openedSession } from '../../driver-kit/opened-session.ts';
import { peerName } from '../../driver-kit/peer-name.ts';
import { type CompiledMessage, compileMessage, type MoreAttributes } from './compiled-message.ts';
import { sqsAttributes } from './message-body.ts';
import { SqsCalls } from './sqs-calls.ts';
import { ownQueueUrl, SqsQueues } from './sqs-queues.ts';
import { SqsReceiver } from './sqs-receiver.ts';
import { OwnSender, type SqsSend, type SqsSender } from './sqs-sends.ts';
import { SqsWire, signingOf } from './sqs-wire.ts';

export const sqsDriver: Driver = {
  protocol: 'queue',
  async open(context, signal) {
    signal.throwIfAborted();
    const { client = 'own' } = context.target as SqsTarget;
    const sender = client === 'own' ? null : await (await import('./aws-sdk-sender.ts')).openAwsSdk(context);
    return openedSession(new SqsSession(context, sender), signal, (cause) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      return cannotConnect(
        `SQS at ${peerName(context)}`,
        why,
        'Check the address, the region and the credentials.',
        cause,
      );
    });
  },
};

/** Attempts that leave, or left, in one request. */
interface Sending extends SqsSend {
  readonly slots: number[];
}

class SqsSession implements Session {
  readonly #context: DriverContext;
  readonly #target: SqsTarget;
  readonly #messages: readonly CompiledMessage[];
  readonly #attempts: CorrelatedAttempts;
  readonly #codec: BodyCodec | null;
  readonly #gatherer: BatchGatherer | null;
  readonly #calls: SqsCalls;
  readonly #wire: SqsWire;
  readonly #queues: SqsQueues;
  readonly #sender: SqsSender;
  readonly #sendingOf: (Sending | null)[];
  /** By the name in the requests. */
  readonly #urls = new Map<string, string>();
  readonly #receiver: SqsReceiver | null;
  readonly #batchCounts = { messages: 0, requests: 0 };
  #isClosed = false;

  constructor(context: DriverContext, sender: SqsSender | null) {
    const { calls, sink, trialTag, worker, workers, operations, address, reconnect } = context;
    this.#context = context;
    this.#target = context.target as SqsTarget;
    const { connections, compression, batch } = this.#target;
    this.#codec = BodyCodec.of(compression);
    this.#messages = operations.map(({ request }) => compileMessage(request as never, this.#codec));
    const completions = operations.map(({ pattern }) => completionOf(this.#target, pattern));
    const prefix = `${trialTag}.${worker}`;
    const operationOf = (slot: number) => calls[slot]?.operation ?? 0;
    this.#attempts = new CorrelatedAttempts({ slots: calls.length, sink, completions, operationOf, prefix });
    this.#gatherer = batch === undefined ? null : new BatchGatherer(batch, (slots) => this.#sendBatch(slots));
    this.#sendingOf = calls.map(() => null);
    const endpoint = endpointOf(address, this.#target.address, this.#target.tls);
    const peer = `SQS at ${peerName(context)}`;
    this.#wire = new SqsWire(endpoint, signingOf(this.#target));
    this.#calls = new SqsCalls({
      endpoint,
      connections: connectionShare(connections, worker, workers),
      peer,
      reconnect,
    });
    this.#queues = new SqsQueues(this.#calls, this.#wire);
    this.#sender = sender ?? new OwnSender(this.#calls, this.#wire);
    const receives = this.#target.address === undefined ? completions.includes('replied') : this.#receivesOwn();
    this.#receiver = receives
      ? new SqsReceiver({
          ...{ context, endpoint, wire: this.#wire, peer, codec: this.#codec },
          answered: (correlationId, code) => this.#attempts.answer(correlationId, code),
          failed: (correlationId, problem) => this.#attempts.failById(correlationId, problem, false),
        })
      : null;
  }

  #receivesOwn(): boolean {
    return this.#target.consume || this.#target.reply !== undefined;
  }

  async open(signal: AbortSignal): Promise<void> {
    await this.#calls.open(signal);
    if (this.#sender instanceof OwnSender === false) await this.#sender.open(signal);
    const isOwn = this.#target.address !== undefined;
    for (const { queue } of this.#messages) {
      if (!this.#urls.has(queue)) this.#urls.set(queue, isOwn ? await this.#queues.find(queue) : ownQueueUrl(queue));
    }
    const [first = ''] = this.#urls.values();
    await this.#queues.attributes(first, ['QueueArn']); // a proxy accepts connections whether or not there is a service behind it
    await this.#receiver?.open(this.#queues, first, signal);
  }

  start(slot: number): void {
    this.#attempts.begin(slot);
    if (this.#gatherer !== null) this.#gatherer.push(slot, this.#bytesOf(slot));
    else this.#send([slot], false);
  }

  /** What SQS counts of it. */
  #bytesOf(slot: number): number {
    const { calls, payloads } = this.#context;
    const call = calls[slot] as Call;
    return (payloads[call.operation]?.[call.payload]?.length ?? 0) + 512;
  }

  /** Requests are of one queue each. */
  #sendBatch(slots: readonly number[]): void {
    const byQueue = Map.groupBy(slots, (slot) => this.#messageOf(slot).queue);
    for (const together of byQueue.values()) this.#send([...together], true);
  }

  #messageOf(slot: number): CompiledMessage {
    return this.#messages[this.#context.calls[slot]?.operation ?? 0] as CompiledMessage;
  }

  #send(slots: number[], isBatch: boolean): void {
    const generations: number[] = [];
    const isWanted = (slot: number) => this.#sendingOf[slot] === sending;
    const sending: Sending = {
      slots,
      isBatch,
      queueUrl: this.#urls.get(this.#messageOf(slots[0] ?? 0).queue) ?? '',
      messages: () => new Map(slots.flatMap((slot, n) => (isWanted(slot) ? [[n, this.#json(slot)] as const] : []))),
      sent: () => {
        this.#batchCounts.requests++;
        for (const [n, slot] of slots.entries()) {
          if (!isWanted(slot)) continue;
          this.#batchCounts.messages++;
          generations[n] = this.#attempts.send(slot);
        }
      },
      ended: (endOf) => {
        for (const [n, slot] of slots.entries()) {
          if (!isWanted(slot)) continue;
          this.#sendingOf[slot] = null;
          const { code, retryable } = endOf(n);
          if (code === null) this.#attempts.acknowledge(slot, generations[n] ?? 0);
          else this.#attempts.fail(slot, generations[n] ?? 0, code, retryable || this.#comesBack(code));
        }
      },
    };
    for (const slot of slots) this.#sendingOf[slot] = sending;
    this.#sender.send(sending);
  }

  /** ElasticMQ that was killed has forgotten its queues until our service makes them anew. */
  #comesBack(code: string): boolean {
    return this.#target.address === undefined && code === 'QueueDoesNotExist';
  }

  #json(slot: number): string {
    const { calls, payloads } = this.#context;
    const call = calls[slot] as Call;
    const isReplied = this.#attempts.completion(call.operation) !== 'acknowledged';
    const more: MoreAttributes = {
      ...(isReplied && { [sqsAttributes.correlation]: this.#attempts.correlationId(slot) }),
      ...(isReplied && this.#receiver?.isForReplies && { [sqsAttributes.replyQueue]: this.#receiver.queue }),
    };
    return this.#messageOf(slot).json(call, payloads[call.operation]?.[call.payload], more);
  }

  abort(slot: number): void {
    this.#gatherer?.remove(slot);
    this.#attempts.forget(slot);
    const sending = this.#sendingOf[slot] ?? null;
    if (sending === null) return;
    this.#sendingOf[slot] = null;
    if (sending.slots.every((one) => this.#sendingOf[one] !== sending)) this.#sender.drop(sending);
  }

  completion(operation: number): Completion {
    return this.#attempts.completion(operation);
  }

  bodyBytes(): BodyBytes | null {
    return this.#codec?.bodies() ?? null;
  }

  batches(): BatchCounts | null {
    return this.#gatherer === null ? null : { ...this.#batchCounts };
  }

  reconnects(): number {
    const own = this.#sender instanceof OwnSender ? 0 : this.#calls.reconnects;
    return own + this.#sender.reconnects + (this.#receiver?.reconnects ?? 0);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#gatherer?.close();
    this.#attempts.forgetAll();
    this.#sendingOf.fill(null);
    await this.#receiver?.close(this.#queues);
    await Promise.all([this.#sender.close(), this.#calls.close()]);
  }
}
