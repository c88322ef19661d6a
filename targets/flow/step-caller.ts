/** Calls one participant through the driver of its protocol, with a time-out and retries, as clients call a service. */
import type { Resilience, Target } from '../../scenarios/scenario.ts';
import { type Call, type CompletionSink, type Outcome, outcomes, type Session } from '../driver.ts';
import { retryDelayMs } from '../driver-kit/retry-delay.ts';
import { loadProtocol } from '../registry.ts';
import type { Callee } from './flow-part-options.ts';

/** Calls under way at most; others wait. */
const slots = 512;
/** As the requests of a callee are called. */
export const calleeOperations = { do: 'placeOrder', undo: 'cancelOrder' } as const;

/** `failed`: it is not known whether it was done. */
export type CallResult = 'ok' | 'refused' | 'failed';

export interface StepCallerOptions {
  readonly callee: Callee;
  /** `host:port`. */
  readonly address: string;
  readonly policies: Pick<Resilience, 'timeoutMs' | 'retry'>;
  readonly payloadBytes: number;
}

interface Running {
  readonly undoes: boolean;
  readonly id: string;
  readonly key: string;
  readonly attempts: number;
  /** Until when an attempt may begin, in terms of performance.now(). */
  readonly endsAt: number;
  readonly done: (result: CallResult) => void;
  attempt: number;
  previousMs: number;
  timer: NodeJS.Timeout | undefined;
}

export class StepCaller implements CompletionSink {
  readonly #options: StepCallerOptions;
  readonly #calls: Call[];
  readonly #running: (Running | null)[];
  readonly #free: number[];
  readonly #waiting: Running[] = [];
  #session: Session | null = null;
  #sequence = 0;

  private constructor(options: StepCallerOptions) {
    this.#options = options;
    this.#calls = Array.from({ length: slots }, () => {
      return { operation: 0, id: '', key: '', sequence: 0, payload: 0, attempt: 1, random: 0 };
    });
    this.#running = this.#calls.map(() => null);
    this.#free = this.#calls.map((_, slot) => slots - 1 - slot);
  }

  /** Rejects with a BenchError when the participant can't be reached. */
  static async open(options: StepCallerOptions): Promise<StepCaller> {
    const caller = new StepCaller(options);
    const { callee, address, payloadBytes, policies } = options;
    const { target, tag } = callee;
    const { driver } = await loadProtocol(target);
    const names = [calleeOperations.do, calleeOperations.undo];
    caller.#session = await driver.open(
      {
        target,
        address,
        // A caller that was killed leaves a member of its group behind, which a new life must not wait for.
        trialTag: `${tag}${Date.now().toString(36)}`,
        worker: 0,
        workers: 1,
        calls: caller.#calls,
        sink: caller,
        operations: names.map((name, index) => ({
          index,
          name,
          pattern: 'request-reply',
          request: requestOf(target, name),
        })),
        payloads: [[Buffer.alloc(payloadBytes, 'x')], []],
        timeoutsMs: names.map(() => policies.timeoutMs),
      },
      AbortSignal.timeout(openDeadlineMs),
    );
    return caller;
  }

  /** As often as the policies say. */
  do(id: string, key: string, done: (result: CallResult) => void): void {
    this.#begin({ undoes: false, id, key, attempts: this.#options.policies.retry.attempts, forMs: Infinity, done });
  }

  /** Again and again for so long. */
  undo(id: string, forMs: number, done: (result: CallResult) => void): void {
    this.#begin({ undoes: true, id, key: id, attempts: Infinity, forMs, done });
  }

  #begin({ forMs, ...call }: Pick<Running, 'undoes' | 'id' | 'key' | 'attempts' | 'done'> & { forMs: number }): void {
    const endsAt = performance.now() + forMs;
    this.#enter({ ...call, endsAt, attempt: 0, previousMs: 0, timer: undefined });
  }

  #enter(call: Running): void {
    const slot = this.#free.pop();
    if (slot === undefined) this.#waiting.push(call);
    else this.#start(slot, call);
  }

  #start(slot: number, call: Running): void {
    call.attempt++;
    this.#running[slot] = call;
    Object.assign(this.#calls[slot] as Call, {
      operation: call.undoes ? 1 : 0,
      id: call.id,
      key: call.key,
      sequence: this.#sequence++,
      attempt: call.attempt,
    });
    call.timer = setTimeout(() => this.#timedOut(slot, call), this.#options.policies.timeoutMs);
    this.#session?.start(slot);
  }

  #timedOut(slot: number, call: Running): void {
    this.#session?.abort(slot);
    this.#leave(slot);
    this.#again(call);
  }

  #leave(slot: number): void {
    this.#running[slot] = null;
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(slot);
    else this.#start(slot, next);
  }

  /** Or no more. */
  #again(call: Running): void {
    const { retry } = this.#options.policies;
    const { base, cap } = call.undoes ? { base: undoBaseMs, cap: undoCapMs } : { base: retry.baseMs, cap: retry.capMs };
    const waitMs =
      call.undoes || retry.backoff !== 'none'
        ? retryDelayMs(
            { ...retry, backoff: 'exponential', baseMs: base, capMs: cap },
            call.attempt,
            Math.random(),
            call.previousMs,
          )
        : 0;
    call.previousMs = waitMs;
    if (call.attempt >= call.attempts || performance.now() + waitMs > call.endsAt) call.done('failed');
    else setTimeout(() => this.#enter(call), waitMs);
  }

  sent(): void {}
  unsent(): void {}
  resent(): void {}
  acknowledged(): void {}
  retryAfter(): void {}

  completed(slot: number, outcome: Outcome, _reason: string, retryable: boolean): void {
    const call = this.#running[slot];
    if (call === null || call === undefined) return;
    clearTimeout(call.timer);
    this.#leave(slot);
    if (outcome === outcomes.ok) call.done('ok');
    else if (outcome === outcomes.rejected && !retryable) call.done('refused');
    else this.#again(call);
  }

  async close(): Promise<void> {
    await this.#session?.close();
  }
}

const openDeadlineMs = 15_000;
/** Of compensation, which goes on until its deadline. */
const undoBaseMs = 50;
const undoCapMs = 1_000;

function requestOf(target: Target, name: string) {
  const request = target.requests?.[name];
  if (request === undefined) throw new Error(`nothing says how to ask for ${name}`);
  return request;
}
