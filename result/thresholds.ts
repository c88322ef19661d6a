/** A parsed threshold; `parseThreshold` and `evaluateThresholds` live here too. */
export interface Threshold {
  readonly expression: string;
  /** Target name or `all`. */
  readonly target: string;
  /** e.g. `p99`, `delivered p99`, `goodput`, `lost`, `errorRatio`. */
  readonly metric: string;
  readonly operator: '<' | '<=' | '>' | '>=' | '==' | '!=';
  /** In the metric's unit: microseconds for latencies, a second for rates, a plain count or ratio otherwise. */
  readonly value: number;
  /** Phase and condition names it is limited to. */
  readonly within: readonly string[];
}
