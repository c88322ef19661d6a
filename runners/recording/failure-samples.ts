/** The first failure of each kind that a load worker met: of an operation, by its reason. */
import type { FailureSample } from '../../result/result-types.ts';
import { type FailureDetail, type Outcome, outcomes } from '../../targets/driver.ts';

/** Kinds are few; a system that makes up a reason for each failure is not followed. */
const mostSamples = 64;
const outcomeNames = {
  [outcomes.rejected]: 'rejected',
  [outcomes.failed]: 'failed',
  [outcomes.timedOut]: 'timedOut',
} as const;

/** As a worker knows it: by the operation's index, µs from the start of the load. */
export interface RecordedFailure {
  readonly operation: number;
  readonly outcome: FailureSample['outcome'];
  readonly reason: string;
  readonly offsetUs: number;
  readonly detail: FailureDetail | null;
}

export class FailureSamples {
  readonly #samples = new Map<string, RecordedFailure>();

  /** `tell` is asked for the first of a kind alone. */
  take(operation: number, outcome: Outcome, reason: string, offsetUs: number, tell?: () => FailureDetail | null): void {
    const kind = `${operation} ${reason}`;
    if (outcome === outcomes.ok || outcome === outcomes.dropped) return;
    if (this.#samples.has(kind) || this.#samples.size >= mostSamples) return;
    const detail = tell?.() ?? null;
    this.#samples.set(kind, { operation, outcome: outcomeNames[outcome], reason, offsetUs, detail });
  }

  toData(): RecordedFailure[] {
    return [...this.#samples.values()];
  }
}

/** Of all workers, the first of each kind, in the order of time; `loadMs` is from the end of warm-up. */
export function firstFailures(
  all: readonly RecordedFailure[],
  operations: readonly string[],
  warmupMs: number,
): FailureSample[] {
  const first = new Map<string, RecordedFailure>();
  for (const one of [...all].sort((a, b) => a.offsetUs - b.offsetUs)) {
    const kind = `${one.operation} ${one.reason}`;
    if (!first.has(kind)) first.set(kind, one);
  }
  return [...first.values()].slice(0, mostSamples).map(({ operation, outcome, reason, offsetUs, detail }) => ({
    ...{ operation: operations[operation] ?? '', outcome, reason },
    atMs: Math.round(offsetUs / 1e3 - warmupMs),
    ...(detail !== null && detail),
  }));
}
