/**
 * Consume, transform, produce, all or nothing: what records of a topic gave rise to and the offsets of these records are
 * committed in one transaction of Kafka. What gathers while one is under way goes with the next.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageToProduce, Producer } from '@platformatic/kafka';
import { bounded } from '../driver-kit/bounded.ts';
import type { Committable } from '../driver-kit/watermark-offsets.ts';

type Transaction = Awaited<ReturnType<Producer['beginTransaction']>>;

const retryMs = 50;

/** What one record has come to. */
export interface Outcome {
  readonly requestId: string;
  /** What is to be written because of it; null: nothing. */
  readonly output: MessageToProduce | null;
  /** Called once it is committed. */
  readonly committed: () => void;
}

/** As whom offsets are committed: the group refuses it of a generation that is over. */
export interface Membership {
  readonly groupId: string;
  readonly memberId: string;
  readonly generationId: number;
  readonly coordinatorId: number;
}

export interface TransactionsOptions {
  readonly topic: string;
  /** Of the one transactional id: a new one ends what an earlier one has left open, and fences it. */
  readonly openProducer: () => Producer;
  /** null: of no group at the moment. */
  readonly membership: () => Membership | null;
  /** Of the records that were taken as this member. */
  readonly ready: () => readonly Committable<Outcome>[];
  readonly beforeCommit: (requestId: string) => void;
  /** Whether the last transaction was committed is not known: what is in hand is to be forgotten at once, and read again from what is committed. */
  readonly startOver: () => void;
}

export class Transactions {
  readonly #options: TransactionsOptions;
  #producer: Producer;
  #running: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: TransactionsOptions) {
    this.#options = options;
    this.#producer = options.openProducer();
  }

  /** Ends what an earlier one of its id has left open, which others wait for; resolves when that is done. */
  async open(): Promise<void> {
    while (!this.#isClosed) {
      try {
        const transaction = await this.#producer.beginTransaction();
        await transaction.cancel(); // nothing is in it, and its broker knows nothing of it
        return;
      } catch {
        void this.#producer.close().catch(() => undefined);
        await sleep(retryMs);
        this.#producer = this.#options.openProducer();
      }
    }
  }

  /** Something is ready. */
  due(): void {
    this.#running ??= Promise.resolve()
      .then(() => this.#commitAll())
      .finally(() => {
        this.#running = null;
      });
  }

  async #commitAll(): Promise<void> {
    while (!this.#isClosed) {
      // Both in one go: nobody else can have become the owner of these records in between.
      const [member, ready] = [this.#options.membership(), this.#options.ready()];
      if (member === null || ready.length === 0) return;
      if (await this.#commit(member, ready)) {
        for (const { outcomes, forget } of ready) {
          forget();
          for (const { committed } of outcomes) committed();
        }
      } else await sleep(retryMs);
    }
  }

  /** False: not committed, or nobody knows. */
  async #commit(member: Membership, ready: readonly Committable<Outcome>[]): Promise<boolean> {
    let isEnding = false;
    try {
      const transaction = await this.#producer.beginTransaction();
      await this.#fill(transaction, member, ready);
      isEnding = true;
      await transaction.commit();
      return true;
    } catch {
      if (isEnding) this.#options.startOver();
      await this.#replaceProducer();
      return false;
    }
  }

  async #fill(transaction: Transaction, member: Membership, ready: readonly Committable<Outcome>[]): Promise<void> {
    const { topic, beforeCommit } = this.#options;
    const outcomes = ready.flatMap((one) => one.outcomes);
    const messages = outcomes.flatMap(({ output }) => output ?? []);
    if (messages.length > 0) await transaction.send({ messages, acks: -1 });
    await transaction.addConsumer(member as Parameters<Transaction['addConsumer']>[0]);
    // One after the other: of calls that are under way at once the library carries out the first alone.
    for (const { position } of ready) {
      const { partition, offset } = position;
      const last = { topic, partition, offset: offset - 1n, metadata: { consumer: member } };
      await transaction.addOffset(last as unknown as Parameters<Transaction['addOffset']>[0]);
    }
    for (const { requestId } of outcomes) beforeCommit(requestId);
  }

  /** One that was fenced, or whose numbers are not known, is of no more use; its successor ends what it has left open. */
  async #replaceProducer(): Promise<void> {
    void this.#producer.close().catch(() => undefined);
    this.#producer = this.#options.openProducer();
    await this.open();
  }

  /** Waits for the one under way, but not for long. */
  async close(waitMs: number): Promise<void> {
    this.#isClosed = true;
    await bounded(waitMs, this.#running);
    await bounded(waitMs, this.#producer.close());
  }
}
