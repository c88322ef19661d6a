/** Metrics as they stand: named figures with labels, for Prometheus and OpenTelemetry alike. */

export const metricDefinitions = {
  wirebench_trials_planned: { kind: 'gauge', description: 'Trials that the run is going to play.' },
  wirebench_trials_finished: { kind: 'gauge', description: 'Trials that are finished, by verdict.' },
  wirebench_run_progress_ratio: { kind: 'gauge', description: 'How much of the run is over, 0 to 1.' },
  wirebench_load_rate: { kind: 'gauge', description: 'Arrivals a second of the trial that is played now.' },
  wirebench_load_in_flight: { kind: 'gauge', description: 'Operations in flight now.' },
  wirebench_load_not_ok: { kind: 'gauge', description: 'Operations of this trial so far that were not ok.' },
  wirebench_load_latency_seconds: {
    kind: 'gauge',
    description: 'Response time from the intended start, of what was ok since the last look, by quantile.',
  },
  wirebench_fault_in_force: { kind: 'gauge', description: '1 while the fault is in force.' },
  wirebench_operations_total: { kind: 'counter', description: 'Operations of a finished trial, by outcome.' },
  wirebench_attempts_total: { kind: 'counter', description: 'Attempts whose first byte was handed to a connection.' },
  wirebench_latency_seconds: {
    kind: 'gauge',
    description:
      'Percentiles of a finished trial, by time; left out where they were not reached or too few lie beyond.',
  },
  wirebench_offered_rate: { kind: 'gauge', description: 'Offered operations a second, by phase.' },
  wirebench_goodput_rate: { kind: 'gauge', description: 'Successful completions a second, by phase.' },
  wirebench_ledger_operations: { kind: 'gauge', description: 'What the ledger of a finished trial counts, by kind.' },
  wirebench_trial_figure: {
    kind: 'gauge',
    description:
      'Figures of a finished trial as a whole, by the word that thresholds have for them; shares 0 to 1, times in seconds, sizes in bytes.',
  },
  wirebench_cpu_seconds_per_operation: { kind: 'gauge', description: 'CPU of an offered operation, by part.' },
  wirebench_wire_bytes_per_operation: { kind: 'gauge', description: 'Bytes on the wire of an offered operation.' },
  wirebench_verdict: { kind: 'gauge', description: '1 for the verdict that a finished trial has.' },
  wirebench_threshold: { kind: 'gauge', description: '1: passed, 0: failed; left out without data.' },
} as const satisfies Record<string, { readonly kind: 'gauge' | 'counter'; readonly description: string }>;

export type MetricName = keyof typeof metricDefinitions;
export const metricNames = Object.keys(metricDefinitions) as readonly MetricName[];
export type MetricLabels = Readonly<Record<string, string>>;

export interface MetricPoint {
  readonly labels: MetricLabels;
  readonly value: number;
}

export class MetricBook {
  readonly #points = new Map<MetricName, Map<string, MetricPoint>>();

  /** Takes the place of what the same labels had; null and what is not finite: nothing is known. */
  set(name: MetricName, labels: MetricLabels, value: number | null | undefined): void {
    const key = JSON.stringify(Object.entries(labels));
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      this.#points.get(name)?.delete(key);
      return;
    }
    const points = this.#points.get(name) ?? new Map<string, MetricPoint>();
    this.#points.set(name, points);
    points.set(key, { labels, value });
  }

  /** Nothing of it holds any more. */
  clear(name: MetricName): void {
    this.#points.delete(name);
  }

  points(name: MetricName): readonly MetricPoint[] {
    return [...(this.#points.get(name)?.values() ?? [])];
  }
}
