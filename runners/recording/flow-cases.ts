/** The first flows of each kind that somebody will want to look up. */
import type { FaultResult, FlowExample, FlowsResult } from '../../result/result-types.ts';
import { formatOperationId } from '../../targets/domain/operation-id.ts';
import { whenSent } from './ledger-examples.ts';
import type { LoggedOperations } from './logged-operations.ts';

const mostExamples = 10;

export type FlowCaseKind = 'stuck' | 'open' | 'inconsistent' | 'phantom';

export interface FlowCase extends Pick<FlowExample, 'last' | 'why' | 'needsPerson'> {
  readonly log: LoggedOperations;
  readonly sequence: number;
}

export class FlowCases {
  readonly #cases = new Map<FlowCaseKind, FlowCase[]>();

  add(kind: FlowCaseKind, one: FlowCase): void {
    const known = this.#cases.get(kind) ?? [];
    if (known.length >= mostExamples) return;
    known.push(one);
    this.#cases.set(kind, known);
  }

  /** `loadMs`: monotonic µs → milliseconds after the end of warm-up. */
  examples(
    trialTag: string,
    faults: readonly FaultResult[],
    loadMs: (atUs: number) => number,
  ): FlowsResult['examples'] {
    return Object.fromEntries(
      [...this.#cases].map(([kind, cases]) => [
        kind,
        cases.map(({ log, sequence, ...said }): FlowExample => {
          const sentAfterUs = log.sentAfterUs(sequence);
          const atUs = log.intendedUs(sequence) + (Number.isNaN(sentAfterUs) ? 0 : sentAfterUs);
          const sentAtMs = Math.round(loadMs(atUs));
          const id = formatOperationId(trialTag, log.producer, sequence);
          return { id, sentAtMs, when: whenSent(sentAtMs, faults), ...said };
        }),
      ]),
    );
  }
}
