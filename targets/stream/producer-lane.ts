/** One producer and the slots it serves: what is pending leaves as one batch, and waits while the broker is away. */
import type { BatchCounts } from '../../result/result-types.ts';
import type { Batch, ReconnectPolicy } from '../../scenarios/scenario.ts';
import type { CorrelatedAttempts } from '../driver-kit/correlated-attempts.ts';
import { openAgain } from '../driver-kit/open-again.ts';
import { ReconnectWaits } from '../driver-kit/reconnect-waits.ts';
import { WaitingSlots } from '../driver-kit/waiting-slots.ts';
import { sendFailureOf } from './send-failure.ts';
import type { StreamClient, StreamMessage } from './stream-client.ts';

/** As many as Kafka's own producer keeps in flight by default. */
export const mostRequestsInFlight = 5;
/** A topic takes batches of 1 MiB unless it is told otherwise; what a record needs beside key and value is left free. */
export const usualBatch: Batch = { maxMessages: 1_000, maxBytes: 786_432, lingerMs: 0 };

export interface ProducerLaneOptions {
  readonly index: number;
  readonly client: StreamClient;
  readonly attempts: CorrelatedAttempts;
  readonly slots: number;
  readonly batch: Batch;
  readonly requestsInFlight: number;
  /** Left out: as usual. */
  readonly reconnect?: ReconnectPolicy | undefined;
  /** Those that the producer is to be connected for. */
  readonly topics: readonly string[];
  /** The only one that it sends to; left out: any. */
  readonly partition?: number | undefined;
  /** Topics may not exist, of which one fails a whole request: no two are in one. */
  readonly apart: boolean;
  /** Bytes of the value that `messageOf` would give. */
  readonly bytesOf: (slot: number) => number;
  readonly messageOf: (slot: number) => StreamMessage;
}

export class ProducerLane {
  readonly #options: ProducerLaneOptions;
  readonly #waiting: WaitingSlots;
  #inFlight = 0;
  #scheduled: 'no' | 'later' | 'now' = 'no';
  #timer: NodeJS.Timeout | undefined;
  /** While there is a linger. */
  #gatheredBytes = 0;
  readonly #leave = (): void => {
    this.#scheduled = 'no';
    this.#gatheredBytes = 0;
    if (this.#connected && !this.#closed) this.#sendBatch();
  };
  #connected = false;
  #closed = false;
  #reconnects = 0;
  #messages = 0;
  #requests = 0;

  constructor(options: ProducerLaneOptions) {
    this.#options = options;
    this.#waiting = new WaitingSlots(options.slots);
  }

  get reconnects(): number {
    return this.#reconnects;
  }

  get batches(): BatchCounts {
    return { messages: this.#messages, requests: this.#requests };
  }

  async open(): Promise<void> {
    const { client, index, topics, partition } = this.#options;
    await client.connect(index, topics, partition);
    this.#connected = true;
  }

  push(slot: number): void {
    this.#waiting.push(slot);
    const { batch, bytesOf } = this.#options;
    if (batch.lingerMs > 0) this.#gatheredBytes += bytesOf(slot);
    this.#schedule(batch.lingerMs);
  }

  remove(slot: number): void {
    this.#waiting.remove(slot);
  }

  get #isFull(): boolean {
    const { maxMessages, maxBytes } = this.#options.batch;
    return this.#waiting.length >= maxMessages || this.#gatheredBytes >= maxBytes;
  }

  #schedule(lingerMs: number): void {
    if (!this.#connected || this.#inFlight >= this.#options.requestsInFlight || this.#waiting.length === 0) return;
    const lingers = lingerMs > 0 && !this.#isFull;
    // What gathers goes on gathering when an earlier request ends, unless it is full.
    if (this.#scheduled === 'now' || (this.#scheduled === 'later' && !this.#isFull)) return;
    if (lingers) {
      this.#scheduled = 'later';
      this.#timer = setTimeout(this.#leave, lingerMs);
    } else {
      clearTimeout(this.#timer);
      this.#scheduled = 'now';
      queueMicrotask(this.#leave);
    }
  }

  #sendBatch(): void {
    const { apart, attempts, batch, bytesOf, client, index, messageOf } = this.#options;
    const slots: number[] = [];
    const generations: number[] = [];
    const messages: StreamMessage[] = [];
    let bytes = 0;
    for (let slot = this.#waiting.first; slot !== -1; slot = this.#waiting.first) {
      bytes += bytesOf(slot);
      if (messages.length === batch.maxMessages || (bytes > batch.maxBytes && messages.length > 0)) break;
      const message = messageOf(slot);
      if (apart && messages.length > 0 && message.topic !== messages[0]?.topic) break;
      this.#waiting.shift();
      messages.push(message);
      slots.push(slot);
      generations.push(attempts.send(slot));
    }
    if (messages.length === 0) return;
    this.#inFlight++;
    this.#requests++;
    this.#messages += messages.length;
    client.send(index, messages).then(
      () => {
        this.#inFlight--;
        for (let n = 0; n < slots.length; n++) attempts.acknowledge(slots[n] as number, generations[n] as number);
        this.#schedule(0);
      },
      (error: unknown) => {
        this.#inFlight--;
        const { reason, retryable, cutOff, unsent } = sendFailureOf(error);
        if (cutOff) this.lost();
        for (let n = 0; n < slots.length; n++) {
          attempts.fail(slots[n] as number, generations[n] as number, reason, retryable, unsent);
        }
        this.#schedule(0);
      },
    );
    this.#schedule(0);
  }

  /** What waits goes on waiting until the producer can send again. */
  lost(): void {
    if (!this.#connected || this.#closed) return;
    this.#connected = false;
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    const waits = new ReconnectWaits(this.#options.reconnect);
    if (!(await openAgain(() => this.open(), { waits, isOver: () => this.#closed }))) return;
    this.#reconnects++;
    this.#schedule(0);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#connected = false;
  }
}
