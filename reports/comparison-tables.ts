/** The comparison as plain tables, the same for terminal, Markdown and HTML. */
import type { OperationResult, PhaseName, RunResult, TrialResult } from '../result/result-types.ts';
import { formatBytes, formatCount, formatPercentile, formatShare, formatUs, type Percentile } from './format-values.ts';
import {
  type ConditionGroup,
  conditionGroups,
  engineTrials,
  label,
  measuredPhases,
  operationsOf,
  totalCounts,
} from './result-view.ts';

export interface Table {
  readonly title: string;
  /** Headings over several columns; empty: none. */
  readonly spans: readonly { readonly text: string; readonly columns: number }[];
  readonly columns: readonly string[];
  /** The first cell names the row. */
  readonly rows: readonly { readonly cells: readonly string[]; readonly status: TrialResult['verdict']['status'] }[];
}

export interface ConditionTables {
  readonly condition: string;
  readonly tables: readonly Table[];
}

export function comparisonTables(result: RunResult): ConditionTables[] {
  return conditionGroups(result).map((group) => ({
    condition: group.condition,
    tables: [
      ...operationsOf(group).flatMap(({ name, operation }) => operationTables(group, name, operation)),
      costTable(group),
    ],
  }));
}

type Figure = readonly [title: string, latency: keyof OperationResult['latencyUs'], percentile: Percentile];

const percentiles = (latency: Figure[1], names: readonly Percentile[]): Figure[] =>
  names.map((name) => [name === 'p999' ? 'p99.9' : name, latency, name]);

/**
 * One operation over all targets: what it completes at is the same in each row, or stands in the row. A hand-over has
 * two times of interest; over several phases each gets a table, or nobody could read it.
 */
function operationTables(group: ConditionGroup, name: string, { pattern, completion }: OperationResult): Table[] {
  if (pattern !== 'one-way')
    return [operationTable(group, name, pattern, '', percentiles('offered', ['p50', 'p99', 'p999']))];
  const delivered = percentiles('delivered', ['p50', 'p99']);
  const completed = percentiles('offered', ['p50', 'p99']);
  if (group.phases.length > 1) {
    return [
      operationTable(group, name, pattern, 'delivered', delivered),
      operationTable(group, name, pattern, completion, completed),
    ];
  }
  const titled = (figures: readonly Figure[], prefix: string): Figure[] =>
    figures.map(([title, ...rest]) => [`${prefix} ${title}`, ...rest]);
  return [
    operationTable(group, name, pattern, '', [...titled(delivered, 'delivered'), ...titled(completed, completion)]),
  ];
}

function operationTable(
  group: ConditionGroup,
  name: string,
  pattern: string,
  what: string,
  figures: readonly Figure[],
): Table {
  const completions = new Set(
    group.trials.flatMap((trial) => operationIn(trial, group.phases[0], name)?.completion ?? []),
  );
  const mixed = completions.size > 1;
  const rows = group.trials.map((trial) => {
    const cells = group.phases.flatMap((phase) => {
      const operation = operationIn(trial, phase, name);
      return figures.map(([, latency, percentile]) =>
        formatPercentile(operation?.latencyUs[latency], percentile, operation?.counts),
      );
    });
    const completion = mixed ? [operationIn(trial, group.phases[0], name)?.completion ?? '–'] : [];
    return {
      cells: [label(group, trial), ...completion, ...cells, notOk(trial, name), verdictMark(trial)],
      status: trial.verdict.status,
    };
  });
  const point = mixed ? 'completion points differ: do not rank' : `completes when ${[...completions][0] ?? 'unknown'}`;
  const lead = mixed ? 2 : 1;
  const spans = [
    { text: '', columns: lead },
    ...group.phases.map((phase) => ({ text: phase, columns: figures.length })),
    { text: '', columns: 2 },
  ];
  return {
    title: [name, pattern, ...(what === '' ? [point] : [what])].join(' · '),
    spans: group.phases.length > 1 ? spans : [],
    columns: [
      'target',
      ...(mixed ? ['completes'] : []),
      ...group.phases.flatMap(() => figures.map(([title]) => title)),
      'not ok',
      'verdict',
    ],
    rows,
  };
}

function operationIn(trial: TrialResult, phase: PhaseName | undefined, name: string): OperationResult | undefined {
  return phase === undefined ? undefined : trial.phases[phase]?.operations[name];
}

/** Over the measured phases. */
function notOk(trial: TrialResult, name: string): string {
  let [offered, ok] = [0, 0];
  for (const phase of measuredPhases(trial)) {
    const counts = operationIn(trial, phase, name)?.counts;
    offered += counts?.offered ?? 0;
    ok += counts?.ok ?? 0;
  }
  return formatShare(offered - ok, offered);
}

function verdictMark({ verdict }: TrialResult): string {
  return verdict.status === 'valid'
    ? 'valid'
    : `${verdict.status}: ${verdict.reasons.map(({ code }) => code).join(', ')}`;
}

function costTable(group: ConditionGroup): Table {
  const rows = group.trials.map((trial) => {
    const { ledger, wire, cpu } = trial;
    const counts = totalCounts(trial);
    const known = (value: number | null) => (value === null ? '?' : formatCount(value));
    return {
      cells: [
        label(group, trial),
        ...group.phases.map((phase) => `${formatCount(trial.phases[phase]?.goodputPerSecond ?? 0)}/s`),
        formatCount(counts.attempts),
        known(ledger.lost),
        `${known(ledger.duplicatesReceived)} / ${known(ledger.duplicatesApplied)}`,
        known(ledger.reordered),
        wire.bytesPerOperation === null ? '?' : formatBytes(wire.bytesPerOperation),
        ...[
          cpu.generatorUsPerOperation,
          cpu.serviceUsPerOperation,
          cpu.brokerUsPerOperation,
          cpu.proxyUsPerOperation,
        ].map((us) => (us === null ? '–' : formatUs(us))),
      ],
      status: trial.verdict.status,
    };
  });
  return {
    title: 'goodput, delivery and cost',
    spans: [
      { text: '', columns: 1 },
      { text: 'goodput', columns: group.phases.length },
      { text: '', columns: 5 },
      { text: 'CPU an operation', columns: 4 },
    ],
    columns: [
      'target',
      ...group.phases,
      'attempts',
      'lost',
      'received / applied twice',
      'reordered',
      'wire an operation',
      'generator',
      'service',
      'broker',
      'proxy',
    ],
    rows,
  };
}

/** Closed-loop tools are cross-checks: a table of their own, never beside an open model. */
export function engineTable(result: RunResult): Table | null {
  const trials = engineTrials(result);
  if (trials.length === 0) return null;
  const rows = trials.flatMap((trial) =>
    measuredPhases(trial).flatMap((phase) =>
      Object.entries(trial.phases[phase]?.operations ?? {}).map(([name, { latencyUs, counts }]) => ({
        cells: [
          `${trial.target} (${trial.engine})`,
          trial.condition,
          phase,
          name,
          formatCount(counts.offered),
          ...(['p50', 'p99'] as const).map((percentile) => formatPercentile(latencyUs.offered, percentile, counts)),
          formatShare(counts.offered - counts.ok, counts.offered),
        ],
        status: trial.verdict.status,
      })),
    ),
  );
  return {
    title: 'other engines (closed loop: cross-checks, not comparable with the tables above)',
    spans: [],
    columns: ['target', 'condition', 'phase', 'operation', 'sent', 'p50', 'p99', 'not ok'],
    rows,
  };
}

/** What makes the comparison fair or unfair, a row a target. */
export function semanticsTable(result: RunResult): Table {
  const byTarget = new Map(result.trials.map((trial) => [trial.target, trial]));
  const rows = [...byTarget.values()].map(({ target, protocol, semantics, verdict }) => ({
    cells: [
      target,
      protocol,
      Object.entries(semantics)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `${name}: ${value}`)
        .join('; '),
    ],
    status: verdict.status,
  }));
  return { title: 'what was compared', spans: [], columns: ['target', 'protocol', 'settings'], rows };
}
