/** A fallback that asks again, once, over another transport: the same operation, under the same id, on a session of its own. */
import {
  type Call,
  type CompletionSink,
  type Driver,
  type DriverContext,
  type Outcome,
  outcomes,
  type Session,
} from '../../targets/driver.ts';
import type { RecordedCell } from '../recording/recorder.ts';
import type { Fallback } from './fallback.ts';
import { TimerWheel } from './timer-wheel.ts';
import { emptyCall } from './worker-share.ts';

const tickUs = 4_000;

interface Asked {
  readonly cell: RecordedCell;
  readonly intendedUs: number;
}

export interface SecondTransportOptions {
  /** Operations that may be under way at once. */
  readonly slots: number;
  /** Of an attempt, by operation. */
  readonly timeoutsMs: readonly number[];
  readonly nowUs: () => number;
}

export class SecondTransport implements Fallback, CompletionSink {
  readonly #options: SecondTransportOptions;
  readonly #calls: readonly Call[];
  /** By slot; null: it is free. */
  readonly #asked: (Asked | null)[];
  readonly #free: number[];
  readonly #wheel: TimerWheel;
  readonly #fire = (slot: number): void => {
    this.#session?.abort(slot);
    this.#end(slot, false);
  };
  #session: Session | null = null;

  constructor(options: SecondTransportOptions) {
    const { slots, nowUs } = options;
    this.#options = options;
    this.#calls = Array.from({ length: slots }, emptyCall);
    this.#asked = this.#calls.map(() => null);
    this.#free = Array.from({ length: slots }, (_, n) => slots - 1 - n);
    this.#wheel = new TimerWheel(slots, tickUs, nowUs());
  }

  /** Rejects as the driver does. `context`: its own, but for what a session reports and is told. */
  async open(driver: Driver, context: Omit<DriverContext, 'calls' | 'sink'>, signal: AbortSignal): Promise<void> {
    this.#session = await driver.open({ ...context, calls: this.#calls, sink: this }, signal);
  }

  async close(): Promise<void> {
    await this.#session?.close();
  }

  get inFlight(): number {
    return this.#calls.length - this.#free.length;
  }

  keep(): void {}

  answer(call: Call, cell: RecordedCell, intendedUs: number, nowUs: number): void {
    const session = this.#session;
    const slot = session === null ? undefined : this.#free.pop();
    if (session === null || slot === undefined) {
      cell.policies.unanswered++;
      return;
    }
    Object.assign(this.#calls[slot] as Call, call, { attempt: 1 });
    this.#asked[slot] = { cell, intendedUs };
    this.#wheel.set(slot, nowUs + (this.#options.timeoutsMs[call.operation] ?? 0) * 1e3);
    session.start(slot);
  }

  sent(): void {}

  unsent(): void {}

  resent(): void {}

  acknowledged(): void {}

  retryAfter(): void {}

  completed(slot: number, outcome: Outcome): void {
    this.#end(slot, outcome === outcomes.ok);
  }

  #end(slot: number, isOk: boolean): void {
    const asked = this.#asked[slot] ?? null;
    if (asked === null) return; // a driver's slip must not count twice
    this.#asked[slot] = null;
    this.#wheel.clear(slot);
    this.#free.push(slot);
    if (isOk) asked.cell.latency('fallback').record(this.#options.nowUs() - asked.intendedUs);
    else asked.cell.policies.unanswered++;
  }

  tick(nowUs: number): void {
    this.#wheel.advance(nowUs, this.#fire);
  }

  abandon(): void {
    for (const [slot, asked] of this.#asked.entries()) if (asked !== null) this.#fire(slot);
  }
}
