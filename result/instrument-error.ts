/** What a trial’s canaries say of its percentiles: figures nearer to each other than this are not told apart. */
import type { CanaryFigures } from './result-types.ts';

export interface InstrumentError {
  readonly us: number;
  /** Of the canaries (0–1): lower than asked for where there were too few of them. */
  readonly quantile: number;
}

/** What a tenth of the operations, or a hundredth, have beyond what the percentile itself is off by; null: not known. */
export function errorBeyond(canary: CanaryFigures | null | undefined, quantile: number): number | null {
  if (canary === null || canary === undefined) return null;
  return quantile < 0.9 ? canary.p90Us : quantile < 0.99 ? canary.p99Us : null;
}

/** The error of the trial’s `quantile` (0–1); null: not known. Above p99, canaries are too few for more than their p99. */
export function instrumentError(canary: CanaryFigures | null | undefined, quantile: number): InstrumentError | null {
  if (canary === null || canary === undefined) return null;
  const known = [
    { quantile: 0.99, us: canary.p99Us },
    { quantile: 0.9, us: canary.p90Us },
    { quantile: 0.5, us: canary.p50Us },
  ];
  for (const { quantile: at, us } of known) {
    if ((at <= quantile || at === 0.5) && us !== null) return { us, quantile: at };
  }
  return null;
}
