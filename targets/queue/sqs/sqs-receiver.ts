/** What a load thread receives: replies to what it sent, from a queue of its own, or from one of the user's. */
import { BenchError, exitCodes } from '../../../result/bench-error.ts';
import type { SqsTarget } from '../../../scenarios/scenario.ts';
import { messageHeaders } from '../../domain/order-message.ts';
import type { DriverContext } from '../../driver.ts';
import { type BodyCodec, isTooLarge } from '../../driver-kit/body-codec.ts';
import type { Endpoint } from '../../driver-kit/client-socket.ts';
import { EntryBatches } from './entry-batches.ts';
import { bodyOf, sqsAttributes } from './message-body.ts';
import { SqsCalls } from './sqs-calls.ts';
import { type ReceivedMessage, SqsConsumer } from './sqs-consumer.ts';
import type { SqsQueues } from './sqs-queues.ts';
import type { SqsWire } from './sqs-wire.ts';

/** Deletes beside the polls, which hold a connection each. */
const deletesAtOnce = 4;
const deleteLingerMs = 10;
const mostInHand = 1_000;
const goodbyeMs = 500;

export interface SqsReceiverOptions {
  readonly context: DriverContext;
  readonly endpoint: Endpoint;
  readonly wire: SqsWire;
  readonly peer: string;
  readonly codec: BodyCodec | null;
  /** `code`: as the reference service says; undefined: it says none. */
  answered(correlationId: string | undefined, code: string | undefined): void;
  failed(correlationId: string, problem: string): void;
}

export class SqsReceiver {
  /** Name of the queue on which replies are to come. */
  readonly queue: string;
  readonly #options: SqsReceiverOptions;
  readonly #target: SqsTarget;
  readonly #calls: SqsCalls;
  #url = '';
  #consumer: SqsConsumer | null = null;
  #deletes: EntryBatches | null = null;

  constructor(options: SqsReceiverOptions) {
    const { context, endpoint, peer } = options;
    this.#options = options;
    this.#target = context.target as SqsTarget;
    const { polls, address, reply } = this.#target;
    const named = reply?.queue ?? '';
    this.queue = address === undefined ? `${named}-${context.worker}` : named;
    const { reconnect } = context;
    this.#calls = new SqsCalls({ endpoint, connections: polls + deletesAtOnce, peer, reconnect });
  }

  /** `requests`: URL of the queue to which the operations go. */
  async open(queues: SqsQueues, requests: string, signal: AbortSignal): Promise<void> {
    const { address, reply, waitTimeMs, polls } = this.#target;
    const { wire } = this.#options;
    if (address === undefined) this.#url = await this.#create(queues);
    else this.#url = reply === undefined ? requests : await queues.find(this.queue);
    if (address !== undefined) await requireEmpty(queues, this.#url);
    await this.#calls.open(signal);
    const calls = this.#calls;
    this.#deletes = new EntryBatches({
      ...{ calls, wire, action: 'DeleteMessageBatch', queueUrl: this.#url, atOnce: deletesAtOnce },
      lingerMs: deleteLingerMs,
    });
    this.#consumer = new SqsConsumer({
      ...{ calls, wire, queueUrl: this.#url, polls, waitTimeMs, most: mostInHand },
      take: (message, done) => this.#take(message, done),
      refused: async ({ code }) => {
        // Gone with the broker's memory: without it no reply would ever come again.
        if (address === undefined && code === 'QueueDoesNotExist') await this.#create(queues).catch(() => undefined);
      },
    });
    this.#consumer.start();
  }

  /** Long enough for a thread that stands still, and no reply is handed out again meanwhile. */
  #create(queues: SqsQueues): Promise<string> {
    return queues.create(this.queue, { VisibilityTimeout: '30' });
  }

  #take(message: ReceivedMessage, done: () => void): void {
    const correlationId = message.attribute(sqsAttributes.correlation);
    const isOurs = this.#target.address === undefined || correlationId?.startsWith(this.#options.context.trialTag);
    if (!isOurs) {
      done(); // it is there again when its time is up
      return;
    }
    this.#deletes?.add(`"ReceiptHandle":${JSON.stringify(message.receipt)}`);
    done();
    const problem = this.#problemOf(message);
    if (problem === '') this.#options.answered(correlationId, message.attribute(messageHeaders.code));
    else this.#options.failed(correlationId ?? '', problem);
  }

  /** What is compressed must unpack: whoever compresses reads what comes back. */
  #problemOf(message: ReceivedMessage): string {
    const encoding = message.attribute(sqsAttributes.encoding) ?? null;
    if (encoding === null || this.#options.codec === null) return '';
    try {
      bodyOf({ text: message.text, encoding }, this.#options.codec);
      return '';
    } catch (error) {
      return isTooLarge(error) ? 'oversized answer' : 'malformed answer';
    }
  }

  /** Else it takes the messages themselves. */
  get isForReplies(): boolean {
    return this.queue !== '';
  }

  get reconnects(): number {
    return this.#calls.reconnects;
  }

  /** Our own queue goes, too. */
  async close(queues: SqsQueues): Promise<void> {
    this.#consumer?.stop();
    if (this.#target.address !== undefined) await this.#deletes?.flush(goodbyeMs);
    this.#deletes?.close();
    const removal = this.#url === '' || this.#target.address !== undefined ? null : queues.remove(this.#url);
    await Promise.race([
      removal?.catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, goodbyeMs).unref()),
    ]);
    await this.#calls.close();
  }
}

async function requireEmpty(queues: SqsQueues, url: string): Promise<void> {
  const messages = await queues.length(url);
  if (messages === 0) return;
  throw new BenchError('queueNotEmpty', `${url} holds ${messages} messages of others`, {
    hint: 'They would be received and hidden for a while. Name a queue that is empty, or leave `consume` and `reply` out.',
    exitCode: exitCodes.stack,
  });
}
