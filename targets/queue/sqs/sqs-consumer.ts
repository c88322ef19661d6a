/** Long polls of one queue: several at once, for as many messages as there is room for. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SqsCalls } from './sqs-calls.ts';
import { parsed, refusalIn, type SqsRefusal } from './sqs-queues.ts';
import { mostEntries, type SqsWire } from './sqs-wire.ts';

const graceMs = 5_000;
const againAfterMs = 100;

export interface ReceivedMessage {
  readonly receipt: string;
  readonly text: string;
  /** How often it was received, this time included. */
  readonly receives: number;
  /** Of a FIFO queue; '' of others. */
  readonly group: string;
  /** Undefined where there is none, or it is no text. */
  attribute(name: string): string | undefined;
}

export interface SqsConsumerOptions {
  readonly calls: SqsCalls;
  readonly wire: SqsWire;
  readonly queueUrl: string;
  readonly polls: number;
  readonly waitTimeMs: number;
  /** Messages that were taken and are not done, at most. */
  readonly most: number;
  /** Call `done` once, when it is. */
  take(message: ReceivedMessage, done: () => void): void;
  /** Before the next try. */
  refused?(refusal: SqsRefusal): Promise<void>;
}

export class SqsConsumer {
  readonly #options: SqsConsumerOptions;
  /** Taken, or asked for. */
  #inHand = 0;
  #waiting: (() => void)[] = [];
  #isOver = false;
  #requests = 0;
  #isHeld = false;

  constructor(options: SqsConsumerOptions) {
    this.#options = options;
  }

  /** Polls so far, those that brought nothing among them. */
  get requests(): number {
    return this.#requests;
  }

  start(): void {
    for (let n = 0; n < this.#options.polls; n++) void this.#poll();
  }

  /** Held, it does not poll; what polls under way still bring is taken. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (!isHeld) for (const wake of this.#waiting.splice(0)) wake();
  }

  /** What polls under way still bring is not taken. */
  stop(): void {
    this.#isOver = true;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #poll(): Promise<void> {
    const { calls, wire, waitTimeMs, queueUrl, refused } = this.#options;
    while (!this.#isOver) {
      const asked = await this.#reserve();
      if (asked === 0) continue;
      const input = {
        QueueUrl: queueUrl,
        MaxNumberOfMessages: asked,
        WaitTimeSeconds: waitTimeMs / 1e3,
        MessageAttributeNames: ['All'],
        // The older name is the one that ElasticMQ and all of Amazon's endpoints know.
        AttributeNames: ['ApproximateReceiveCount', 'MessageGroupId'],
      };
      this.#requests++;
      const reply = await calls.request(wire.bytes('ReceiveMessage', JSON.stringify(input)), waitTimeMs + graceMs);
      const messages = reply.status === 200 && !this.#isOver ? messagesIn(reply.body) : [];
      this.#inHand -= asked - messages.length;
      if (messages.length < asked) this.#wake();
      for (const message of messages) this.#options.take(message, this.#doneOnce());
      const refusal = refusalIn(reply);
      if (refusal === null || this.#isOver) continue;
      await refused?.(refusal);
      await sleep(againAfterMs, undefined, { ref: false });
    }
  }

  /** So many may be received; 0: look again. */
  async #reserve(): Promise<number> {
    const room = this.#isHeld ? 0 : Math.min(mostEntries, this.#options.most - this.#inHand);
    if (room > 0) {
      this.#inHand += room;
      return room;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return 0;
  }

  #doneOnce(): () => void {
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      this.#inHand--;
      this.#wake();
    };
  }

  #wake(): void {
    this.#waiting.shift()?.();
  }
}

interface MessageJson {
  readonly ReceiptHandle?: string;
  readonly Body?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue?: string } | undefined>>;
}

function messagesIn(body: Buffer): ReceivedMessage[] {
  const { Messages = [] } = parsed(body) as { readonly Messages?: readonly MessageJson[] };
  return Messages.map(({ ReceiptHandle = '', Body = '', Attributes, MessageAttributes }) => ({
    receipt: ReceiptHandle,
    text: Body,
    receives: Number(Attributes?.ApproximateReceiveCount ?? 1),
    group: Attributes?.MessageGroupId ?? '',
    attribute: (name) => MessageAttributes?.[name]?.StringValue,
  }));
}
