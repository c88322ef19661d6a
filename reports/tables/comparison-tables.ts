import { guaranteeText } from '../../result/guarantee.ts';
import { ownValue } from '../../result/own-value.ts';
import { isPublished, type LaterTime, patterns } from '../../result/patterns.ts';
import type { Completion, LatencyName, PhaseName, RunResult, SatOutResult } from '../../result/result-types.ts';
import {
  type ConditionGroup,
  type Contender,
  conditionGroups,
  engineTrials,
  figureOf,
  type GroupOperation,
  measuredPhases,
  operationsOf,
  textWithError,
  totalCounts,
  validText,
  verdictText,
} from '../figures/result-view.ts';
import { formatCount, formatPercentile, formatRate, formatShare, type Percentile } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';
import { arrivalsTable } from './arrivals-table.ts';
import { costTable } from './cost-table.ts';

export interface ConditionTables {
  readonly group: ConditionGroup;
  readonly latency: readonly Table[];
  readonly cost: Table;
  /** null where nobody planned a rate. */
  readonly arrivals: Table | null;
}

export function comparisonTables(result: RunResult): ConditionTables[] {
  return conditionGroups(result).map((group) => ({
    group,
    latency: operationsOf(group).flatMap((operation) => operationTables(group, operation)),
    cost: costTable(group),
    arrivals: arrivalsTable(group),
  }));
}

const percentileTitles = { p50: 'p50', p90: 'p90', p99: 'p99', p999: 'p99.9' } as const satisfies Partial<
  Record<Percentile, string>
>;
type Shown = keyof typeof percentileTitles;

/** One time of an operation: where it ends, and which latency holds it for a given completion. */
interface Ending {
  readonly title: string;
  readonly latencyFor: (completion: Completion | null) => LatencyName;
}

const later = (time: LaterTime): Ending => ({
  title: time,
  latencyFor: (completion) => (completion === time ? 'offered' : time),
});
const ends: Readonly<Record<Exclude<Completion, LaterTime>, Ending>> = {
  replied: { title: 'replied', latencyFor: () => 'offered' },
  acknowledged: { title: 'acknowledged', latencyFor: () => 'acknowledged' },
};

/**
 * A hand-over has two times: when the consumer has it, and when the sender may forget it. Each stands for itself, so
 * that different completion points are never under one heading; over several phases each gets a table.
 */
function operationTables(group: ConditionGroup, operation: GroupOperation): Table[] {
  const several = group.phases.length > 1;
  const percentiles: Shown[] = several ? ['p50', 'p99'] : ['p50', 'p99', 'p999'];
  const { judgedBy, ends: end } = patterns[operation.pattern];
  const shown = judgedBy.filter(
    (time, n) => n === 0 || isPublished(operation.pattern) || saysMore(group, operation.name, time),
  );
  const endings = [...shown.map(later), ends[end]];
  return several
    ? endings.map((ending) => operationTable(group, operation, [ending], percentiles))
    : [operationTable(group, operation, endings, percentiles)];
}

/** A time behind the delivery is shown where it tells of work or of a wait that the delivery does not. */
function saysMore({ contenders, phases }: ConditionGroup, name: string, time: LaterTime): boolean {
  const parts = contenders.flatMap(({ counted }) =>
    counted.flatMap((trial) => phases.flatMap((phase) => ownValue(trial.phases[phase]?.operations, name) ?? [])),
  );
  return parts.some(({ latencyUs }) => {
    const [delivered, after] = [latencyUs.delivered.p50 ?? null, latencyUs[time]?.p50 ?? null];
    return delivered !== null && after !== null && after > delivered * notablyLater;
  });
}
const notablyLater = 1.2;

function operationTable(
  group: ConditionGroup,
  { name, pattern }: GroupOperation,
  endings: readonly Ending[],
  percentiles: readonly Shown[],
): Table {
  const [only] = endings;
  const point = endings.length === 1 && only !== undefined ? pointTitle(group, name, only) : [];
  const completions = completionsOf(group, name);
  const mixed = completions.size > 1;
  const rows = group.contenders.map((contender): Row => {
    const { offered, ok } = totalCounts(contender.counted, name);
    const figures = group.phases.flatMap((phase) =>
      endings.flatMap((ending) => endingFigures(contender, phase, name, ending, percentiles)),
    );
    const own = [...completionsOf({ ...group, contenders: [contender] }, name)];
    const completes = mixed ? [own.join(', ') || '–'] : [];
    const notOk = formatShare(offered - ok, offered);
    return {
      cells: [
        contender.label,
        guaranteeText(contender.trials[0]?.semantics, own.length === 1 ? own[0] : null),
        ...completes,
        ...figures,
        notOk,
        verdictText(contender),
      ],
      status: contender.status,
    };
  });
  const headings = group.phases.length > 1 ? group.phases : endings.length > 1 ? endings.map(({ title }) => title) : [];
  const inner = figureColumns(...percentiles.map((one) => percentileTitles[one]));
  const repeated = Array.from({ length: Math.max(1, headings.length) }, () => inner).flat();
  const columns = [
    nameColumn('target'),
    ...textColumns('guarantee'),
    ...(mixed ? textColumns('completes') : []),
    ...repeated,
    ...figureColumns('not ok'),
    ...textColumns('verdict'),
  ];
  return {
    title: [name, pattern, ...point].join(' · '),
    spans:
      headings.length === 0
        ? []
        : [
            { text: '', columns: mixed ? 3 : 2 },
            ...headings.map((text) => ({ text, columns: percentiles.length })),
            { text: '', columns: 2 },
          ],
    columns,
    rows: [...rows, ...group.satOut.map((one) => satOutRow(one, columns.length))],
  };
}

/** Beside those that were measured, with no figure to be ranked by. */
function satOutRow({ target, lacks }: SatOutResult, columns: number): Row {
  const none = Array.from({ length: columns - 2 }, () => '–');
  return { cells: [target, ...none, `sits out: ${lacks}`], status: 'valid' };
}

function endingFigures(
  { counted }: Contender,
  phase: PhaseName,
  operation: string,
  ending: Ending,
  percentiles: readonly Shown[],
): string[] {
  const parts = counted.flatMap((trial) => ownValue(trial.phases[phase]?.operations, operation) ?? []);
  const latency = ending.latencyFor(parts[0]?.completion ?? null);
  return percentiles.map((percentile) =>
    textWithError(figureOf(counted, phase, operation, latency, percentile), percentile),
  );
}

function completionsOf({ contenders, phases }: ConditionGroup, operation: string): Set<Completion> {
  const trials = contenders.flatMap(({ counted }) => counted);
  return new Set(
    trials.flatMap((trial) =>
      phases.flatMap((phase) => ownValue(trial.phases[phase]?.operations, operation)?.completion ?? []),
    ),
  );
}

function pointTitle(group: ConditionGroup, operation: string, ending: Ending): string[] {
  const completions = completionsOf(group, operation);
  if (ending !== ends.replied) return [ending.title];
  if (completions.size > 1) return ['completion points differ: not to be ranked against each other'];
  return [[...completions][0] ?? ending.title];
}

/** Closed-loop tools are cross-checks: a table of their own, never beside an open model. */
export function engineTable(result: RunResult): Table | null {
  const trials = engineTrials(result);
  if (trials.length === 0) return null;
  const rows = trials.flatMap((trial) =>
    measuredPhases([trial]).flatMap((phase) =>
      Object.entries(trial.phases[phase]?.operations ?? {}).map(([name, { latencyUs, counts, completion }]): Row => {
        const seconds = (trial.phases[phase]?.durationMs ?? 0) / 1e3;
        const figures = (['p50', 'p99'] as const).map((one) => formatPercentile(latencyUs.offered, one, counts));
        return {
          cells: [
            trial.target,
            trial.engine,
            trial.condition,
            phase,
            name,
            completion,
            formatCount(counts.offered),
            seconds > 0 ? formatRate(counts.ok / seconds) : '–',
            ...figures,
            formatShare(counts.offered - counts.ok, counts.offered),
            trial.verdict.status === 'valid' ? validText([trial]) : trial.verdict.status,
          ],
          status: trial.verdict.status,
        };
      }),
    ),
  );
  return {
    title: 'cross-checks by other engines · closed loop: not comparable with the tables above',
    spans: [],
    columns: [
      nameColumn('target'),
      ...textColumns('engine', 'condition', 'phase', 'operation', 'completes'),
      ...figureColumns('sent', 'ok', 'p50', 'p99', 'not ok'),
      ...textColumns('verdict'),
    ],
    rows,
  };
}
