/** Single operations worth a look in logs and traces: the slowest of each kind, and the first that failed in each way. */
import type { NotableOperation, NotableResult, PhaseName } from '../../result/result-types.ts';
import { type Call, type Outcome, outcomes } from '../../targets/driver.ts';
import { outcomeNames } from './recorder.ts';

const slowestOfEach = 5;
const firstOfEachReason = 3;
/** A server that answers nonsense has a reason for each. */
const mostReasons = 32;

/** As a worker has it: numbers in place of names. */
export interface RecordedNotable {
  readonly id: string;
  readonly operation: number;
  readonly phase: number;
  /** Intended start, µs from the start of the plan. */
  readonly offsetUs: number;
  readonly responseUs: number;
  readonly outcome: Outcome;
  readonly reason: string;
}

export interface NotableData {
  readonly slowest: readonly RecordedNotable[];
  readonly failed: readonly RecordedNotable[];
}

export class NotableOperations {
  /** By operation, the slowest first. */
  readonly #slowest: RecordedNotable[][] = [];
  /** By operation and reason. */
  readonly #failed = new Map<string, RecordedNotable[]>();
  readonly #firstPhase: number;

  /** Phases before `firstPhase` are not looked at: the warm-up. */
  constructor(firstPhase: number) {
    this.#firstPhase = firstPhase;
  }

  /** `call` is read only where the operation is kept. */
  ended(call: Call, phase: number, offsetUs: number, responseUs: number, outcome: Outcome, reason: string): void {
    if (phase < this.#firstPhase) return;
    const { operation } = call;
    const isOk = outcome === outcomes.ok;
    const known = isOk ? this.#slow(operation) : this.#failures(operation, reason);
    if (known === null) return;
    if (isOk ? (known.at(slowestOfEach - 1)?.responseUs ?? -1) >= responseUs : known.length === firstOfEachReason)
      return;
    known.push({ id: call.id, operation, phase, offsetUs, responseUs, outcome, reason });
    if (!isOk) return;
    known.sort((one, other) => other.responseUs - one.responseUs);
    known.length = Math.min(known.length, slowestOfEach);
  }

  #slow(operation: number): RecordedNotable[] {
    const found = this.#slowest[operation];
    if (found !== undefined) return found;
    const created: RecordedNotable[] = [];
    this.#slowest[operation] = created;
    return created;
  }

  #failures(operation: number, reason: string): RecordedNotable[] | null {
    const kind = `${operation} ${reason}`;
    const found = this.#failed.get(kind);
    if (found !== undefined) return found;
    if (this.#failed.size === mostReasons) return null;
    const created: RecordedNotable[] = [];
    this.#failed.set(kind, created);
    return created;
  }

  toData(): NotableData {
    return { slowest: this.#slowest.flat(), failed: [...this.#failed.values()].flat() };
  }
}

export interface NotableSources {
  readonly workers: readonly NotableData[];
  readonly operations: readonly string[];
  readonly phases: readonly PhaseName[];
  /** Milliseconds after the end of warm-up. */
  readonly loadMs: (offsetUs: number) => number;
  /** null: nothing was sent by which to trace. */
  readonly traceIdOf: ((id: string) => string) | null;
}

/** Of all workers together, in the names of the result. */
export function notableOf({ workers, operations, phases, loadMs, traceIdOf }: NotableSources): NotableResult {
  const told = (one: RecordedNotable): NotableOperation => ({
    operation: operations[one.operation] ?? '',
    id: one.id,
    traceId: traceIdOf?.(one.id) ?? null,
    phase: phases[one.phase] ?? 'drain',
    atMs: Math.round(loadMs(one.offsetUs)),
    afterUs: Math.round(one.responseUs),
    outcome: outcomeNames[one.outcome],
    reason: one.reason,
  });
  const merged = (all: readonly RecordedNotable[], most: number, kind: (one: RecordedNotable) => string) => {
    const kinds = Map.groupBy(all, kind);
    return [...kinds.values()].flatMap((of) => of.slice(0, most).map(told));
  };
  const slowest = workers.flatMap((worker) => worker.slowest).sort((a, b) => b.responseUs - a.responseUs);
  const failed = workers.flatMap((worker) => worker.failed).sort((a, b) => a.offsetUs - b.offsetUs);
  return {
    slowest: merged(slowest, slowestOfEach, ({ operation }) => String(operation)),
    failed: merged(failed, firstOfEachReason, ({ operation, reason }) => `${operation} ${reason}`),
  };
}
