/** What security costs: each secured target beside the one of its protocol that is in clear and asks for nothing, in pairs of repeats. */
import { cpuUsPerOperation } from '../../result/cpu-per-operation.ts';
import type { RunResult, TrialResult } from '../../result/result-types.ts';
import { type ConditionGroup, type Contender, conditionGroups } from '../figures/result-view.ts';
import { medianOf } from '../figures/variant-figures.ts';
import { formatBytes, formatCount, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

/** Where nothing is broken; null: no target is secured. */
export function securityTable(result: RunResult): Table | null {
  const groups = conditionGroups(result);
  const calm = groups.find(({ contenders }) => contenders.every(({ trials }) => isCalm(trials))) ?? groups[0];
  if (calm === undefined || !calm.contenders.some(({ trials }) => trials.some(isSecured))) return null;
  return {
    title: `what security costs, in ${calm.condition} · in brackets: more than the target of the same protocol in clear, the middle of the pairs of repeats`,
    spans: [
      { text: '', columns: 3 },
      { text: 'latency', columns: 2 },
      { text: 'CPU an operation', columns: 4 },
      { text: '', columns: 2 },
    ],
    columns: [
      nameColumn('target'),
      ...textColumns('tls', 'auth'),
      ...figureColumns('p50', 'p99', 'generator', 'service', 'broker', 'together', 'handshakes', 'bytes an op'),
    ],
    rows: calm.contenders.flatMap((contender) => rowOf(contender, calm) ?? []),
  };
}

function isCalm(trials: readonly TrialResult[]): boolean {
  return trials.every(({ faults }) => faults.length === 0);
}

function isSecured({ security }: TrialResult): boolean {
  return security !== undefined && (security.tls !== 'none' || security.auth !== 'none');
}

function rowOf(contender: Contender, group: ConditionGroup): Row | null {
  const { label, counted, trials, status } = contender;
  const security = trials.find((trial) => trial.security !== undefined)?.security;
  if (security === undefined) return null;
  const [first] = trials;
  const plain = group.contenders.find(
    ({ trials: [other] }) => other?.protocol === first?.protocol && other?.security !== undefined && !isSecured(other),
  );
  const others = plain === undefined || plain === contender ? [] : plain.counted;
  const cell = (of: FigureOf, format: (value: number) => string) => cellText(counted, others, of, format);
  return {
    cells: [
      label,
      security.tls,
      security.auth,
      cell(latency('p50'), formatUs),
      cell(latency('p99'), formatUs),
      cell(({ cpu }) => cpu.generatorUsPerOperation, formatUs),
      cell(({ cpu }) => cpu.serviceUsPerOperation, formatUs),
      cell(({ cpu }) => cpu.brokerUsPerOperation, formatUs),
      cell(cpuUsPerOperation, formatUs),
      cell((trial) => trial.security?.handshakes ?? null, formatCount),
      cell(({ wire }) => wire.bytesPerOperation, formatBytes),
    ],
    status,
  };
}

type FigureOf = (trial: TrialResult) => number | null;

/** Of what is not broken there is one phase. */
function latency(figure: 'p50' | 'p99'): FigureOf {
  return ({ phases }) => (phases.steady ?? phases.before)?.latencyUs.offered[figure] ?? null;
}

/** `1.2 ms (+0.3 ms)` */
function cellText(
  trials: readonly TrialResult[],
  others: readonly TrialResult[],
  of: FigureOf,
  format: (value: number) => string,
): string {
  const values = trials.flatMap((trial) => of(trial) ?? []);
  if (values.length === 0) return '–';
  const differences = trials.flatMap((trial) => {
    const pair = others.find(({ repeat }) => repeat === trial.repeat);
    const [own, other] = [of(trial), pair === undefined ? null : of(pair)];
    return own === null || other === null ? [] : [own - other];
  });
  const text = format(medianOf(values) ?? 0);
  const difference = medianOf(differences);
  if (difference === null) return text;
  return `${text} (${difference < 0 ? '−' : '+'}${format(Math.abs(difference))})`;
}
