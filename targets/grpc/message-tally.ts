/** How many messages went both ways, where a call may have several. */
import type { MessageCounts } from '../../result/result-types.ts';
import type { CallWriter } from './call-writer.ts';

export class MessageTally {
  readonly #counts: { sent: number; received: number }[];

  private constructor(operations: number) {
    this.#counts = Array.from({ length: operations }, () => ({ sent: 0, received: 0 }));
  }

  /** null: no operation streams, so calls say it all. */
  static of(writers: readonly CallWriter[]): MessageTally | null {
    const streams = writers.some(({ messages, answers }) => messages > 1 || answers !== 'one');
    return streams ? new MessageTally(writers.length) : null;
  }

  sent(operation: number, messages: number): void {
    const counts = this.#counts[operation];
    if (counts !== undefined) counts.sent += messages;
  }

  received(operation: number, messages: number): void {
    const counts = this.#counts[operation];
    if (counts !== undefined) counts.received += messages;
  }

  /** By operation, a copy. */
  counts(): MessageCounts[] {
    return this.#counts.map((counts) => ({ ...counts }));
  }
}
