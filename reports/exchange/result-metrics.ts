/** A result as metrics: times in seconds, as both systems want them. */
import { percentileNames, quantileOf } from '../../result/latency-summary.ts';
import { latencyNames, type RunResult, type TrialResult } from '../../result/result-types.ts';
import { settingsText } from '../../result/settings-text.ts';
import { trialFigureNames, trialFigures, trialFigureUnits } from '../../result/trial-figure.ts';
import type { MetricBook, MetricLabels } from './metric-book.ts';

const outcomes = ['ok', 'rejected', 'failed', 'timedOut', 'dropped'] as const;
const parts = ['generator', 'service', 'broker', 'proxy'] as const;

/** Of finished trials; what a search tried on the way is left out. */
export function enterResult(book: MetricBook, { trials, thresholds, run }: RunResult): void {
  for (const trial of trials) if (trial.purpose === undefined) enterTrial(book, trial, run.scenario);
  for (const { expression, status, trial } of thresholds) {
    const labels = { scenario: run.scenario, expression, ...(trial !== undefined && { trial }) };
    book.set('wirebench_threshold', labels, status === 'noData' ? null : status === 'pass' ? 1 : 0);
  }
}

function enterTrial(book: MetricBook, trial: TrialResult, scenario: string): void {
  const variant = settingsText(trial.variant);
  const labels: MetricLabels = {
    ...{ scenario, trial: trial.id, target: trial.target, protocol: trial.protocol, condition: trial.condition },
    repeat: String(trial.repeat),
    ...(variant !== '' && { variant }),
  };
  book.set('wirebench_verdict', { ...labels, verdict: trial.verdict.status }, 1);
  for (const [kind, count] of Object.entries(trial.ledger)) {
    book.set('wirebench_ledger_operations', { ...labels, kind }, count);
  }
  for (const figure of trialFigureNames) {
    const value = trialFigures[figure](trial);
    const isTime = trialFigureUnits[figure] === 'duration';
    book.set('wirebench_trial_figure', { ...labels, figure }, value !== null && isTime ? value / 1e6 : value);
  }
  for (const part of parts) {
    const us = trial.cpu[`${part}UsPerOperation`];
    book.set('wirebench_cpu_seconds_per_operation', { ...labels, part }, us === null ? null : us / 1e6);
  }
  book.set('wirebench_wire_bytes_per_operation', labels, trial.wire.bytesPerOperation);
  for (const [name, phase] of Object.entries(trial.phases)) {
    const ofPhase = { ...labels, phase: name };
    if (phase.counts.offered > 0) {
      book.set('wirebench_offered_rate', ofPhase, phase.offeredPerSecond);
      book.set('wirebench_goodput_rate', ofPhase, phase.goodputPerSecond);
    }
    for (const [operation, result] of Object.entries(phase.operations)) {
      const ofOperation = { ...ofPhase, operation };
      const { counts, latencyUs } = result;
      if (counts.offered === 0) continue;
      for (const outcome of outcomes) {
        book.set('wirebench_operations_total', { ...ofOperation, outcome }, counts[outcome]);
      }
      book.set('wirebench_attempts_total', ofOperation, counts.attempts);
      for (const time of latencyNames) {
        for (const percentile of percentileNames) {
          const us = latencyUs[time]?.[percentile] ?? null;
          const quantile = String(quantileOf(percentile));
          book.set('wirebench_latency_seconds', { ...ofOperation, time, quantile }, us === null ? null : us / 1e6);
        }
      }
    }
  }
}
