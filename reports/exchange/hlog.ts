/**
 * All histograms as an HdrHistogram log (format 1.3), which the HdrHistogram tools read: one tagged line a trial, phase
 * and latency. The third field, the interval's maximum, is in milliseconds, as those tools expect of microsecond values
 * divided by 1,000. In `offered`, operations that never completed stand at the end of the range (2^31 − 1 µs).
 */
import { decodeLatencyCounts } from '../../result/latency-counts.ts';
import { type LatencyName, phaseNames, type RunResult, type TrialResult } from '../../result/result-types.ts';

export function renderHlog(result: RunResult): string {
  const startSeconds = seconds(Date.parse(result.run.startedAt));
  const lines = [
    `#[Wirebench, scenario ${result.run.scenario.replace(/\s+/g, ' ')}; values in microseconds]`,
    '#[Histogram log format version 1.3]',
    `#[StartTime: ${startSeconds} (seconds since epoch), ${result.run.startedAt}]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
  ];
  for (const trial of result.trials) lines.push(...trialLines(trial));
  return `${lines.join('\n')}\n`;
}

function trialLines(trial: TrialResult): string[] {
  let startMs = Date.parse(trial.startedAt);
  const lines: string[] = [];
  for (const phase of phaseNames) {
    const found = trial.phases[phase];
    if (found === undefined) continue;
    for (const [name, encoded] of Object.entries(trial.histograms[phase] ?? {}) as [LatencyName, string][]) {
      // Decoding rounds the maximum up to the end of its cell; the summary has it exactly where all completed.
      const maxUs = found.latencyUs[name]?.max ?? decodeLatencyCounts(encoded).maxUs ?? 0;
      const tag = `${trial.id}.${phase}.${name}`.replace(/[,\s]/g, '_');
      lines.push(`Tag=${tag},${seconds(startMs)},${seconds(found.durationMs)},${(maxUs / 1e3).toFixed(3)},${encoded}`);
    }
    startMs += found.durationMs;
  }
  return lines;
}

function seconds(ms: number): string {
  return (ms / 1e3).toFixed(3);
}
