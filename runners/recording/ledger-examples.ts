/** The first operations of each kind that the ledger holds against a system: which they were, and when they were sent. */
import type { FaultResult, LedgerExample, LedgerKind } from '../../result/result-types.ts';
import { formatOperationId } from '../../targets/domain/operation-id.ts';
import type { LoggedOperations } from './logged-operations.ts';

/** Enough to look them up in logs; more would make results large where everything is lost. */
const mostExamples = 10;

interface Case {
  readonly log: LoggedOperations;
  readonly sequence: number;
}

export class LedgerCases {
  readonly #cases = new Map<LedgerKind, Case[]>();

  add(kind: LedgerKind, log: LoggedOperations, sequence: number): void {
    const known = this.#cases.get(kind) ?? [];
    if (known.length >= mostExamples) return;
    known.push({ log, sequence });
    this.#cases.set(kind, known);
  }

  /** `loadMs`: monotonic µs → milliseconds after the end of warm-up. */
  examples(
    trialTag: string,
    faults: readonly FaultResult[],
    loadMs: (atUs: number) => number,
  ): Partial<Record<LedgerKind, readonly LedgerExample[]>> {
    return Object.fromEntries(
      [...this.#cases].map(([kind, cases]) => [
        kind,
        cases.map(({ log, sequence }): LedgerExample => {
          const sentAfterUs = log.sentAfterUs(sequence);
          const atUs = log.intendedUs(sequence) + (Number.isNaN(sentAfterUs) ? 0 : sentAfterUs);
          const sentAtMs = Math.round(loadMs(atUs));
          return {
            id: formatOperationId(trialTag, log.producer, sequence),
            sentAtMs,
            when: whenSent(sentAtMs, faults),
          };
        }),
      ]),
    );
  }
}

/** `during kill`, `80 ms before kill`, `1200 ms after kill`: beside the fault that is nearest. */
export function whenSent(sentAtMs: number, faults: readonly FaultResult[]): string | null {
  const known = faults.flatMap(({ fault, appliedAtMs, removedAtMs }) => {
    if (appliedAtMs === null) return [];
    const endMs = removedAtMs ?? Number.POSITIVE_INFINITY;
    const awayMs = sentAtMs < appliedAtMs ? sentAtMs - appliedAtMs : Math.max(0, sentAtMs - endMs);
    return [{ fault, awayMs }];
  });
  const nearest = known.sort((a, b) => Math.abs(a.awayMs) - Math.abs(b.awayMs))[0];
  if (nearest === undefined) return null;
  const { fault, awayMs } = nearest;
  if (awayMs === 0) return `during ${fault}`;
  return awayMs < 0 ? `${-awayMs} ms before ${fault}` : `${awayMs} ms after ${fault}`;
}
