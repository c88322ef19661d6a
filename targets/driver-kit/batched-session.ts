/**
 * Many operations in one request: a session that gathers attempts, hands each batch to a session of the same protocol as
 * one request, and tells every operation what became of it. The wait in the batch is part of each one's latency.
 */
import { defaultPattern } from '../../result/patterns.ts';
import type { BatchCounts, BodyBytes, Completion, HttpCounts } from '../../result/result-types.ts';
import type { Batch, Request } from '../../scenarios/scenario.ts';
import { isAccepted } from '../domain/order-message.ts';
import { type Call, type DriverContext, type Outcome, outcomes, type Session } from '../driver.ts';
import { BatchGatherer } from './batch-gatherer.ts';
import { completionOf } from './completion-of.ts';

/** How a protocol writes a batch and reads its answer. */
export interface BatchFormat {
  /** The request that carries a batch: its body is `{{payload}}`. */
  readonly request: Request;
  /** Of one operation within the batch. */
  itemBytes(call: Call, payload: Buffer | undefined): number;
  /** `bytes`: the sum of their `itemBytes`. */
  join(items: readonly BatchItem[], bytes: number): Buffer;
  /** What became of each, in their order; null for an answer that does not say so for exactly `count`. */
  codesIn(answer: Buffer, count: number): readonly string[] | null;
}

export interface BatchItem {
  readonly call: Call;
  readonly payload: Buffer | undefined;
}

/** Takes the body of an answer, before its completion is reported. */
export type TakeBody = (slot: number, body: Buffer) => void;
/** Opens the session beneath, whose slots are batches. */
export type OpenBeneath = (context: DriverContext, takeBody: TakeBody) => Promise<Session>;

const gone = -1;
const malformedAnswer = 'malformed answer';

/** Rejects as `open` does. */
export async function openBatched(
  context: DriverContext,
  limits: Batch,
  format: BatchFormat,
  open: OpenBeneath,
): Promise<Session> {
  const session = new BatchedSession(context, limits, format);
  session.beneath = await open(session.contextBeneath(), (batch, body) => session.take(batch, body));
  return session;
}

class BatchedSession implements Session {
  beneath: Session | null = null;
  readonly #context: DriverContext;
  readonly #format: BatchFormat;
  readonly #gatherer: BatchGatherer;
  /** Each attempt could be a batch of its own. */
  readonly #free: number[];
  readonly #calls: readonly Call[];
  readonly #bodies: Buffer[];
  /** By batch: its slots in order, `gone` for those that gave up. */
  readonly #members: (number[] | null)[];
  readonly #answers: (readonly string[] | null)[];
  readonly #batchOf: Int32Array;
  #messages = 0;
  #requests = 0;

  constructor(context: DriverContext, limits: Batch, format: BatchFormat) {
    const count = context.calls.length;
    this.#context = context;
    this.#format = format;
    this.#gatherer = new BatchGatherer(limits, (slots) => this.#send(slots));
    this.#free = Array.from({ length: count }, (_, n) => count - 1 - n);
    this.#calls = context.calls.map((_, batch): Call => {
      return { operation: 0, id: '', key: '', sequence: 0, payload: batch, attempt: 1, random: 0 };
    });
    this.#bodies = context.calls.map(() => Buffer.alloc(0));
    this.#members = context.calls.map(() => null);
    this.#answers = context.calls.map(() => null);
    this.#batchOf = new Int32Array(count).fill(gone);
  }

  contextBeneath(): DriverContext {
    const { sink } = this.#context;
    return {
      ...this.#context,
      operations: [{ index: 0, name: 'batch', pattern: defaultPattern, request: this.#format.request }],
      payloads: [this.#bodies],
      calls: this.#calls,
      sink: {
        sent: (batch) => this.#forEach(batch, (slot) => sink.sent(slot)),
        resent: (batch) => this.#forEach(batch, (slot) => sink.resent(slot)),
        unsent: (batch) => this.#forEach(batch, (slot) => sink.unsent(slot)),
        acknowledged: () => undefined,
        retryAfter: (batch, ms) => this.#forEach(batch, (slot) => sink.retryAfter(slot, ms)),
        completed: (batch, outcome, reason, retryable) => this.#completed(batch, outcome, reason, retryable),
      },
    };
  }

  start(slot: number): void {
    const call = this.#context.calls[slot];
    if (call === undefined) return;
    this.#gatherer.push(slot, this.#format.itemBytes(call, this.#payloadOf(call)));
  }

  #payloadOf({ operation, payload }: Call): Buffer | undefined {
    return this.#context.payloads[operation]?.[payload];
  }

  #send(slots: readonly number[]): void {
    const batch = this.#free.pop();
    if (batch === undefined) return; // never: a batch holds at least one slot
    const items: BatchItem[] = [];
    let bytes = 0;
    for (const slot of slots) {
      const call = this.#context.calls[slot] as Call;
      const payload = this.#payloadOf(call);
      bytes += this.#format.itemBytes(call, payload);
      items.push({ call, payload });
      this.#batchOf[slot] = batch;
    }
    const call = this.#calls[batch] as Call;
    call.id = items[0]?.call.id ?? '';
    call.sequence = this.#requests++;
    this.#messages += items.length;
    this.#bodies[batch] = this.#format.join(items, bytes);
    this.#members[batch] = [...slots];
    this.beneath?.start(batch);
  }

  #forEach(batch: number, what: (slot: number) => void): void {
    for (const slot of this.#members[batch] ?? []) if (slot !== gone) what(slot);
  }

  take(batch: number, body: Buffer): void {
    this.#answers[batch] = this.#format.codesIn(body, this.#members[batch]?.length ?? 0);
  }

  #completed(batch: number, outcome: Outcome, reason: string, retryable: boolean): void {
    const members = this.#members[batch];
    const codes = this.#answers[batch];
    if (members === null || members === undefined) return;
    this.#end(batch);
    const { sink } = this.#context;
    for (const [n, slot] of members.entries()) {
      if (slot === gone) continue;
      this.#batchOf[slot] = gone;
      const code = codes?.[n];
      if (outcome !== outcomes.ok) sink.completed(slot, outcome, reason, retryable);
      else if (code === undefined) sink.completed(slot, outcomes.failed, malformedAnswer, true);
      else if (isAccepted(code)) sink.completed(slot, outcomes.ok, '', false);
      else sink.completed(slot, outcomes.rejected, `reply ${code}`, code === 'unavailable');
    }
  }

  #end(batch: number): void {
    this.#members[batch] = null;
    this.#answers[batch] = null;
    this.#free.push(batch);
  }

  /** The batch is given up when nobody waits for it any more. */
  abort(slot: number): void {
    if (this.#gatherer.remove(slot)) return;
    const batch = this.#batchOf[slot] as number;
    const members = this.#members[batch];
    if (batch === gone || members === null || members === undefined) return;
    this.#batchOf[slot] = gone;
    members[members.indexOf(slot)] = gone;
    if (members.some((member) => member !== gone)) return;
    this.beneath?.abort(batch);
    this.#end(batch);
  }

  completion(operation: number): Completion {
    return completionOf(this.#context.target, this.#context.operations[operation]?.pattern);
  }

  bodyBytes(): BodyBytes | null {
    return this.beneath?.bodyBytes?.() ?? null;
  }

  batches(): BatchCounts {
    return { messages: this.#messages, requests: this.#requests };
  }

  httpCounts(): HttpCounts | null {
    return this.beneath?.httpCounts?.() ?? null;
  }

  reconnects(): number {
    return this.beneath?.reconnects() ?? 0;
  }

  async close(): Promise<void> {
    this.#gatherer.close();
    await this.beneath?.close();
  }
}
