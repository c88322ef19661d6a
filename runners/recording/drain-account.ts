/** What was delivered while a backlog was worked off, and how long those took that were offered meanwhile. */
import type { DrainSpan } from '../../result/backlog.ts';
import { timesOfService } from '../../result/patterns.ts';
import type { DrainResult, Pattern } from '../../result/result-types.ts';
import { LoggedOperations } from './logged-operations.ts';
import type { OperationLogData } from './operation-log.ts';

/** So many lie beyond a percentile that is told. */
const leastBeyond = 10;

export class DrainAccount {
  readonly #span: DrainSpan;
  readonly #loadMs: (atUs: number) => number;
  readonly #liveUs: number[] = [];
  #delivered = 0;

  /** `loadMs`: from monotonic µs to milliseconds after the end of warm-up. */
  constructor(span: DrainSpan, loadMs: (atUs: number) => number) {
    this.#span = span;
    this.#loadMs = loadMs;
  }

  delivered(atUs: number, afterUs: number): void {
    if (this.#isWithin(atUs)) this.#delivered++;
    if (this.#isWithin(atUs - afterUs)) this.#liveUs.push(afterUs);
  }

  #isWithin(atUs: number): boolean {
    const atMs = this.#loadMs(atUs);
    return atMs >= this.#span.fromMs && atMs < this.#span.untilMs;
  }

  /** One that was never delivered counts as infinitely late. */
  result(logs: readonly OperationLogData[], operations: readonly Pattern[]): DrainResult {
    const { fromMs, untilMs, isDrained, highest, left } = this.#span;
    const seconds = (untilMs - fromMs) / 1e3;
    const offered = this.#offered(logs, operations);
    const sorted = Float64Array.from(this.#liveUs).sort();
    const percentile = (share: number) => {
      const rank = Math.ceil(share * offered);
      return offered - rank < leastBeyond ? null : (sorted[rank - 1] ?? null);
    };
    return {
      ...{ fromMs, toMs: isDrained ? untilMs : null, highest, left },
      deliveredPerSecond: seconds > 0 ? this.#delivered / seconds : null,
      live: { offered, delivered: sorted.length, p50Us: percentile(0.5), p99Us: percentile(0.99) },
    };
  }

  #offered(logs: readonly OperationLogData[], operations: readonly Pattern[]): number {
    const isDelivered = operations.map((pattern) => timesOfService(pattern).includes('delivered'));
    let offered = 0;
    for (const log of logs.map((one) => new LoggedOperations(one))) {
      for (let sequence = 0; sequence < log.length; sequence++) {
        if (isDelivered[log.operation(sequence)] && this.#isWithin(log.intendedUs(sequence))) offered++;
      }
    }
    return offered;
  }
}
