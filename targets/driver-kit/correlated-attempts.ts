/**
 * What becomes of attempts whose acknowledgement, delivery or reply comes back later, by a correlation id, or never:
 * every started slot is reported once, and what comes too late fits no attempt any more.
 */
import type { Completion } from '../../result/result-types.ts';
import { noticeHeaders } from '../domain/deprecation-notice.ts';
import { isAccepted } from '../domain/order-message.ts';
import { type CompletionSink, type FailureDetail, type Outcome, outcomes } from '../driver.ts';

/** What the message said; asked for at once, or never. */
type Tell = () => FailureDetail | null;

const idle = 0;
const waiting = 1;
const inFlight = 2;
/** The broker has it; a delivery or reply is to come. */
const acknowledged = 3;

export interface CorrelatedAttemptsOptions {
  readonly slots: number;
  readonly sink: CompletionSink;
  /** Where operations complete, by the operation's index. */
  readonly completions: readonly Completion[];
  /** The operation that is in this slot. */
  readonly operationOf: (slot: number) => number;
  /** Unique for this session among all that ever wrote to the same queue or topic: trial and worker. */
  readonly prefix: string;
}

export class CorrelatedAttempts {
  readonly #options: CorrelatedAttemptsOptions;
  readonly #prefix: string;
  readonly #state: Uint8Array;
  /** Grows with every start: an answer to an earlier one no longer fits. */
  readonly #generation: Uint32Array;

  constructor(options: CorrelatedAttemptsOptions) {
    this.#options = options;
    this.#prefix = `${options.prefix}.`;
    this.#state = new Uint8Array(options.slots);
    this.#generation = new Uint32Array(options.slots);
  }

  /** A new attempt in this slot, not sent yet. */
  begin(slot: number): void {
    this.#generation[slot] = (this.#generation[slot] as number) + 1;
    this.#state[slot] = waiting;
  }

  isWaiting(slot: number): boolean {
    return this.#state[slot] === waiting;
  }

  /** It is handed to a connection now. Returns its generation, by which later reports are told from late ones. */
  send(slot: number): number {
    this.#state[slot] = inFlight;
    this.#options.sink.sent(slot);
    return this.#generation[slot] as number;
  }

  correlationId(slot: number): string {
    return `${this.#prefix}${slot}.${this.#generation[slot]}`;
  }

  /** The broker has it: the end, unless the operation ends at a delivery or a reply. */
  acknowledge(slot: number, generation: number): void {
    if (!this.#isCurrent(slot, generation)) return;
    const { completions, operationOf, sink } = this.#options;
    if (completions[operationOf(slot)] === 'acknowledged') this.#end(slot, outcomes.ok, '', false);
    else {
      this.#state[slot] = acknowledged;
      sink.acknowledged(slot);
    }
  }

  /** A delivery or reply came; `header` reads one of it. `code`: what the reference service says of it; without one it is taken for done. */
  answer(correlationId: unknown, code: unknown, tell?: Tell, header?: (name: string) => unknown): void {
    if (typeof correlationId !== 'string' || !correlationId.startsWith(this.#prefix)) return;
    const dot = correlationId.indexOf('.', this.#prefix.length);
    const slot = Number(correlationId.slice(this.#prefix.length, dot));
    if (dot === -1 || !this.#isCurrent(slot, Number(correlationId.slice(dot + 1)))) return;
    const since = header?.(noticeHeaders.deprecation);
    if (typeof since === 'string') {
      const sunset = header?.(noticeHeaders.sunset);
      this.#options.sink.deprecated?.(slot, since, typeof sunset === 'string' ? sunset : null);
    }
    if (typeof code !== 'string' || isAccepted(code)) this.#end(slot, outcomes.ok, '', false, tell);
    else {
      this.#options.sink.acknowledged(slot); // it may overtake the confirm, and shows that the broker had the message
      this.#end(slot, outcomes.rejected, `reply ${code}`, code === 'unavailable', tell);
    }
  }

  /** `isUnsent`: nothing of it has left after all. */
  fail(slot: number, generation: number, reason: string, retryable: boolean, isUnsent = false): void {
    if (!this.#isCurrent(slot, generation)) return;
    if (isUnsent) this.#options.sink.unsent(slot);
    this.#end(slot, outcomes.failed, reason, retryable);
  }

  /** The attempt that a correlation id of ours stands for fails. */
  failById(correlationId: string, reason: string, retryable: boolean): void {
    const [slot, generation] = correlationId.slice(this.#prefix.length).split('.').map(Number);
    if (correlationId.startsWith(this.#prefix)) this.fail(slot ?? -1, generation ?? -1, reason, retryable);
  }

  /** All that is in flight fails; what waits goes on waiting. */
  failAll(reason: string): void {
    this.#failWhere(reason, (_, state) => state >= inFlight);
  }

  /** Those that the broker has not acknowledged: nobody knows whether it has them. */
  failUnacknowledged(reason: string): void {
    this.#failWhere(reason, (_, state) => state === inFlight);
  }

  /** Those that end at a delivery or a reply, which can no longer come. */
  failUnanswered(reason: string): void {
    const { completions, operationOf } = this.#options;
    this.#failWhere(reason, (slot, state) => state >= inFlight && completions[operationOf(slot)] !== 'acknowledged');
  }

  #failWhere(reason: string, fails: (slot: number, state: number) => boolean): void {
    for (let slot = 0; slot < this.#state.length; slot++) {
      if (fails(slot, this.#state[slot] as number)) this.#end(slot, outcomes.failed, reason, true);
    }
  }

  /** Nothing more is reported of it. */
  forget(slot: number): void {
    this.#state[slot] = idle;
  }

  forgetAll(): void {
    this.#state.fill(idle);
  }

  completion(operation: number): Completion {
    return this.#options.completions[operation] ?? 'acknowledged';
  }

  #isCurrent(slot: number, generation: number): boolean {
    return (this.#state[slot] as number) >= inFlight && this.#generation[slot] === generation;
  }

  #end(slot: number, outcome: Outcome, reason: string, retryable: boolean, tell?: Tell): void {
    this.#state[slot] = idle;
    this.#options.sink.completed(slot, outcome, reason, retryable, tell);
  }
}
