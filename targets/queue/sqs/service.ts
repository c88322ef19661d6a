/**
 * The orders behind an SQS queue: long polls, replies on the queue that a message names, deleted after the effect. What is
 * refused and nobody waits for comes again, and after `maxReceives` the broker puts it aside.
 */
import type { ApiVersion } from '../../../scenarios/api-versions.ts';
import type { SqsTarget } from '../../../scenarios/scenario.ts';
import { Notices, noNotice } from '../../domain/deprecation-notice.ts';
import { eachConsumer } from '../../domain/each-consumer.ts';
import { refusalCodes } from '../../domain/evidence.ts';
import { type BrokerRequests, hostService } from '../../domain/host-service.ts';
import { type MessageCodec, messageCodecOf } from '../../domain/message-codec.ts';
import { isRefusal, messageHeaders, requeueAfterMs, unreadable } from '../../domain/order-message.ts';
import type { OrderReply } from '../../domain/orders.ts';
import type { ServiceDomain } from '../../domain/service-domain.ts';
import type { ServiceOptions } from '../../domain/service-options.ts';
import { BodyCodec } from '../../driver-kit/body-codec.ts';
import { endpointOf } from '../../driver-kit/client-socket.ts';
import { attribute } from './compiled-message.ts';
import { EntryBatches } from './entry-batches.ts';
import { FifoGroups } from './fifo-groups.ts';
import { bodyOf, sqsAttributes, textBody } from './message-body.ts';
import { SqsCalls } from './sqs-calls.ts';
import { type ReceivedMessage, SqsConsumer } from './sqs-consumer.ts';
import { ownQueueUrl, SqsQueues, type SqsRefusal } from './sqs-queues.ts';
import { SqsWire } from './sqs-wire.ts';

const requestsAtOnce = 8;
/** A delete is a request that is paid for, and nobody waits for it. */
const deleteLingerMs = 10;
const goodbyeMs = 500;

hostService(
  eachConsumer(async (domain, options) => {
    const service = new SqsService(domain, options);
    await service.open();
    return {
      close: () => service.close(),
      release: () => service.release(),
      brokerRequests: () => service.requests,
      consume: (isOn) => service.consume(isOn),
    };
  }),
);

class SqsService {
  readonly #domain: ServiceDomain;
  readonly #target: SqsTarget;
  readonly #names: { readonly requests: string; readonly deadLetters: string };
  readonly #codec: BodyCodec | null;
  readonly #messages: MessageCodec;
  readonly #notices: Notices;
  readonly #calls: SqsCalls;
  readonly #wire: SqsWire;
  readonly #queues: SqsQueues;
  readonly #consumer: SqsConsumer;
  readonly #deletes: EntryBatches;
  readonly #returns: EntryBatches;
  /** By the name of the queue. */
  readonly #replies = new Map<string, EntryBatches>();
  /** Of several that consume the same queue, the one that removes it. */
  readonly #ownsQueue: boolean;
  /** null: a standard queue, without any order. */
  readonly #groups: FifoGroups | null;
  #isReleased = false;

  constructor(domain: ServiceDomain, { broker, names, target, deprecated, instance = 0 }: ServiceOptions) {
    this.#domain = domain;
    this.#target = target as SqsTarget;
    this.#ownsQueue = instance === 0;
    this.#groups = this.#target.fifo === true ? new FifoGroups() : null;
    this.#names = { requests: names.requests ?? '', deadLetters: names.deadLetters ?? '' };
    this.#codec = BodyCodec.of(this.#target.compression);
    this.#messages = messageCodecOf(this.#target.codec);
    this.#notices = new Notices(deprecated);
    const { polls, waitTimeMs, prefetch } = this.#target;
    const endpoint = endpointOf(broker ?? '', undefined);
    this.#wire = new SqsWire(endpoint, null);
    this.#calls = new SqsCalls({ endpoint, connections: polls + requestsAtOnce, peer: `SQS at ${broker}` });
    this.#queues = new SqsQueues(this.#calls, this.#wire);
    this.#deletes = this.#batches('DeleteMessageBatch', this.#names.requests);
    this.#returns = this.#batches('ChangeMessageVisibilityBatch', this.#names.requests);
    this.#consumer = new SqsConsumer({
      ...{ calls: this.#calls, wire: this.#wire, polls, waitTimeMs, most: prefetch },
      queueUrl: ownQueueUrl(this.#names.requests),
      take: (message, done) => this.#take(message, done),
      refused: (refusal) => this.#mend(refusal),
    });
  }

  #batches(
    action: 'DeleteMessageBatch' | 'ChangeMessageVisibilityBatch' | 'SendMessageBatch',
    queue: string,
  ): EntryBatches {
    const { calls, wire } = { calls: this.#calls, wire: this.#wire };
    const linger = action === 'DeleteMessageBatch' ? { lingerMs: deleteLingerMs } : {};
    return new EntryBatches({ calls, wire, action, queueUrl: ownQueueUrl(queue), atOnce: 4, ...linger });
  }

  /** What it is paid by. */
  get requests(): BrokerRequests {
    return {
      receives: this.#consumer.requests,
      deletes: this.#deletes.requests,
      returns: this.#returns.requests,
      replies: [...this.#replies.values()].reduce((sum, { requests }) => sum + requests, 0),
    };
  }

  async open(): Promise<void> {
    await this.#calls.open(AbortSignal.timeout(10_000));
    await this.#createQueues();
    this.#consumer.start();
  }

  /** The queues are this trial's own, so what is in them belongs to the trial: after a restart it is to be handled. */
  async #createQueues(): Promise<void> {
    const { fifo = false, visibilityTimeoutMs, maxReceives } = this.#target;
    const kind: Record<string, string> = fifo ? { FifoQueue: 'true' } : {};
    const settings = { ...kind, VisibilityTimeout: String(visibilityTimeoutMs / 1e3) };
    if (maxReceives !== undefined) {
      const url = await this.#queues.create(this.#names.deadLetters, kind);
      const { QueueArn = '' } = await this.#queues.attributes(url, ['QueueArn']);
      Object.assign(settings, {
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: maxReceives }),
      });
    }
    await this.#queues.create(this.#names.requests, settings);
  }

  /** A broker that keeps its queues in memory has none after a restart. */
  async #mend({ code }: SqsRefusal): Promise<void> {
    if (code === 'QueueDoesNotExist' && !this.#isReleased) await this.#createQueues().catch(() => undefined);
  }

  #take(message: ReceivedMessage, done: () => void): void {
    if (this.#groups === null) {
      this.#handle(message, done);
      return;
    }
    this.#groups.enter(message.group, {
      begin: () => this.#handle(message, done),
      giveBack: () => this.#giveBackUntried(message, done),
    });
  }

  #handle(message: ReceivedMessage, done: () => void): void {
    const requestId = message.attribute(sqsAttributes.id) ?? '';
    const body = this.#bodyOf(message);
    const header = (name: string) => message.attribute(name);
    const request = (body && this.#messages.request(body, header, requestId)) ?? unreadable(requestId);
    const replyQueue = message.attribute(sqsAttributes.replyQueue);
    const redelivered = message.receives > 1;
    this.#domain.handle({ ...request, redelivered, isUnheard: replyQueue === undefined, canWait: true }, (reply) => {
      if (replyQueue !== undefined)
        this.#reply(message, replyQueue, reply, request.version, () => this.#delete(message, done));
      else if (isRefusal(reply.code)) {
        this.#refuse(message, done);
        return;
      } else this.#delete(message, done);
      this.#groups?.done(message.group);
    });
  }

  /** null: it does not unpack, so that nobody knows what was asked. */
  #bodyOf(message: ReceivedMessage): Buffer | null {
    try {
      return bodyOf({ text: message.text, encoding: message.attribute(sqsAttributes.encoding) ?? null }, this.#codec);
    } catch {
      return null;
    }
  }

  /** Also when SQS refuses the reply: it is nobody's any more. */
  #reply(
    message: ReceivedMessage,
    queue: string,
    reply: OrderReply,
    version: ApiVersion | undefined,
    sent: () => void,
  ): void {
    const known = this.#replies.get(queue) ?? this.#batches('SendMessageBatch', queue);
    this.#replies.set(queue, known);
    const { codec } = this.#target;
    const isText = codec === undefined || codec === 'json';
    const { text, encoding } = textBody(this.#messages.replyBody(reply, version), this.#codec, isText);
    const attributes = [
      attribute(sqsAttributes.correlation, JSON.stringify(message.attribute(sqsAttributes.correlation) ?? '-')),
      attribute(messageHeaders.code, JSON.stringify(reply.code)),
      ...Object.entries(this.#notices.of(version) ?? noNotice).map(([name, value]) =>
        attribute(name, JSON.stringify(value)),
      ),
      ...(encoding === null ? [] : [attribute(sqsAttributes.encoding, JSON.stringify(encoding))]),
    ];
    known.add(`"MessageBody":${JSON.stringify(text)},"MessageAttributes":{${attributes.join(',')}}`, sent);
  }

  /** On record before the broker is told: it may well be refused again. */
  #refuse(message: ReceivedMessage, done: () => void): void {
    const { onRefusal = 'requeue' } = this.#target;
    const requestId = message.attribute(sqsAttributes.id) ?? '';
    if (onRefusal === 'drop') {
      this.#domain.refused(requestId, refusalCodes.dropped);
      this.#delete(message, done);
      this.#groups?.done(message.group);
      return;
    }
    this.#domain.refused(requestId, this.#isLast(message) ? refusalCodes.deadLettered : refusalCodes.requeued);
    // Held back here, it takes one of the places for messages: who refuses all is not sent them all the faster.
    setTimeout(() => {
      this.#giveBack(message, done);
      this.#groups?.back(message.group);
    }, requeueAfterMs).unref();
  }

  /** SQS counts what was received, tried or not: behind one that is refused a good one may be put aside as well. */
  #giveBackUntried(message: ReceivedMessage, done: () => void): void {
    const requestId = message.attribute(sqsAttributes.id) ?? '';
    if (this.#isLast(message)) this.#domain.refused(requestId, refusalCodes.deadLettered);
    this.#giveBack(message, done);
  }

  /** Given back once more, it is put aside. */
  #isLast({ receives }: ReceivedMessage): boolean {
    return receives >= (this.#target.maxReceives ?? Number.POSITIVE_INFINITY);
  }

  #giveBack(message: ReceivedMessage, done: () => void): void {
    if (this.#isReleased) return;
    this.#returns.add(`${receiptOf(message)},"VisibilityTimeout":0`);
    done();
  }

  #delete(message: ReceivedMessage, done: () => void): void {
    if (this.#isReleased) return;
    this.#domain.failpoint.reach('ack', message.attribute(sqsAttributes.id) ?? '');
    this.#deletes.add(receiptOf(message), done);
  }

  /** Paused, polls that are under way may still bring something. */
  async consume(isOn: boolean): Promise<void> {
    this.#consumer.hold(!isOn);
  }

  /** What it holds stays the broker's, which counts it as in flight. What it is working on it finishes all the same. */
  async release(): Promise<void> {
    this.#consumer.stop();
    await this.#deletes.flush(goodbyeMs);
    this.#isReleased = true;
  }

  async close(): Promise<void> {
    this.#consumer.stop();
    await this.#deletes.flush(goodbyeMs);
    this.#isReleased = true;
    for (const batches of [this.#deletes, this.#returns, ...this.#replies.values()]) batches.close();
    if (this.#ownsQueue) {
      const queues = [
        this.#names.requests,
        ...(this.#target.maxReceives === undefined ? [] : [this.#names.deadLetters]),
      ];
      await Promise.all(queues.map((name) => this.#queues.remove(ownQueueUrl(name)).catch(() => undefined)));
    }
    await this.#calls.close();
  }
}

function receiptOf({ receipt }: ReceivedMessage): string {
  return `"ReceiptHandle":${JSON.stringify(receipt)}`;
}
