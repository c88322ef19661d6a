/** One row a trial, phase and operation, for spreadsheets: plain numbers, microseconds, empty where nothing is known. */
import { type LatencyName, latencyNames, type OperationResult, type RunResult } from '../result/result-types.ts';

const figures = ['count', 'p50', 'p90', 'p99', 'p999', 'max'] as const;
const counts = ['offered', 'ok', 'rejected', 'failed', 'timedOut', 'dropped', 'attempts'] as const;

export function renderCsv(result: RunResult): string {
  const head = [
    ...[
      'trial',
      'target',
      'protocol',
      'engine',
      'condition',
      'repeat',
      'verdict',
      'phase',
      'operation',
      'pattern',
      'completion',
    ],
    ...counts,
    ...latencyNames.flatMap((name) => figures.map((figure) => `${name}_${figure}${figure === 'count' ? '' : '_us'}`)),
  ];
  const rows = result.trials.flatMap((trial) =>
    Object.entries(trial.phases).flatMap(([phase, { operations }]) =>
      Object.entries(operations).map(([name, operation]) => [
        ...[
          trial.id,
          trial.target,
          trial.protocol,
          trial.engine,
          trial.condition,
          trial.repeat,
          trial.verdict.status,
          phase,
          name,
        ],
        ...[operation.pattern, operation.completion],
        ...counts.map((count) => operation.counts[count]),
        ...latencyNames.flatMap((latency) => figures.map((figure) => figureOf(operation, latency, figure))),
      ]),
    ),
  );
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function figureOf(
  { latencyUs }: OperationResult,
  latency: LatencyName,
  figure: (typeof figures)[number],
): number | string {
  return latencyUs[latency][figure] ?? '';
}

/** RFC 4180; a leading sign of a formula is disarmed, since spreadsheets would run it. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
