/** One figure of each operation, target and condition: what a first look takes. */
import { guaranteeText } from '../../result/guarantee.ts';
import { type PercentileName, percentileNames } from '../../result/latency-summary.ts';
import { isHandedOver, leadingTime, type Pattern } from '../../result/patterns.ts';
import type { LatencyName, PhaseName, RunResult } from '../../result/result-types.ts';
import { latencyOf } from '../figures/answer-figures.ts';
import {
  type ConditionGroup,
  type Contender,
  conditionGroups,
  operationsOf,
  sumCounts,
} from '../figures/result-view.ts';
import { spreadOf, spreadText } from '../figures/spread.ts';
import { formatShare } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

export interface Overview {
  readonly groups: readonly ConditionGroup[];
  /** The primary figure's first. */
  readonly operations: readonly OverviewOperation[];
  readonly percentile: PercentileName;
}

export interface OverviewOperation {
  readonly name: string;
  /** Until which its figures count. */
  readonly point: string;
  readonly latency: LatencyName;
}

/** The condition of the primary figure first. */
export function overviewGroups(result: RunResult, groups = conditionGroups(result)): ConditionGroup[] {
  return first(groups, ({ condition }) => condition === result.plan.primary?.condition);
}

function first<One>(all: readonly One[], is: (one: One) => boolean): One[] {
  return [...all.filter(is), ...all.filter((one) => !is(one))];
}

export function overviewOf(result: RunResult): Overview {
  const { primary } = result.plan;
  const groups = conditionGroups(result);
  const names = groups.flatMap((group) => operationsOf(group));
  const unique = names.filter(({ name }, n) => names.findIndex((one) => one.name === name) === n);
  const operations = first(unique, ({ name }) => name === primary?.operation).map(({ name, pattern }) => {
    const asked = primary?.operation === name ? latencyOf(primary.metric).latency : 'offered';
    const own = usualLatency(pattern);
    const latency = asked === 'offered' ? own : asked;
    return { name, latency, point: latency === 'offered' ? 'replied' : latency };
  });
  return {
    groups: overviewGroups(result, groups),
    operations,
    percentile: bestKnown(groups, operations, latencyOf(primary?.metric ?? '').percentile),
  };
}

function usualLatency(pattern: Pattern): LatencyName {
  return leadingTime(pattern) ?? (isHandedOver(pattern) ? 'acknowledged' : 'offered');
}

/** The one asked for, else the highest that most cells know: of short trials nobody has a p99. */
function bestKnown(
  groups: readonly ConditionGroup[],
  operations: readonly OverviewOperation[],
  asked: string,
): PercentileName {
  const wanted = percentileNames.find((name) => name === asked) ?? 'p99';
  const candidates = percentileNames.slice(0, percentileNames.indexOf(wanted) + 1).toReversed();
  const isKnown = (percentile: PercentileName) => {
    const texts = groups.flatMap(({ contenders, phases }) =>
      contenders.flatMap((contender) =>
        phases.flatMap((phase) =>
          operations.map(({ name, latency }) =>
            spreadText(spreadOf(contender, { operation: name, phase, latency, percentile })),
          ),
        ),
      ),
    );
    const measured = texts.filter((text) => text !== '–');
    return measured.filter((text) => text !== 'too few').length * 2 >= measured.length;
  };
  return candidates.find(isKnown) ?? 'p50';
}

/** How much of it: which phases of a condition with faults, and whether the share that was not ok stands beside. */
export interface OverviewDetail {
  readonly phases: readonly PhaseName[];
  readonly hasNotOk: boolean;
}

/** The most first. */
export const overviewDetails: readonly OverviewDetail[] = [
  { phases: ['steady', 'before', 'during', 'after'], hasNotOk: true },
  { phases: ['steady', 'before', 'during'], hasNotOk: true },
  { phases: ['steady', 'during'], hasNotOk: true },
  { phases: ['steady', 'during'], hasNotOk: false },
];

/** All of `groups` side by side. */
export function overviewTable(
  overview: Overview,
  groups: readonly ConditionGroup[],
  operations: readonly OverviewOperation[],
  detail: OverviewDetail,
): Table {
  const labels = [...new Set(groups.flatMap(({ contenders }) => contenders.map(({ label }) => label)))];
  const shownIn = ({ phases }: ConditionGroup) => phases.filter((phase) => detail.phases.includes(phase));
  const several = groups.length > 1;
  const columns = groups.flatMap((group) => [
    ...shownIn(group).map((phase) => (phase === 'steady' && several ? '' : phase)),
    ...(detail.hasNotOk ? ['not ok'] : []),
  ]);
  const where = several ? '' : `${groups[0]?.condition ?? ''} · `;
  return {
    title: `${where}${overview.percentile === 'p999' ? 'p99.9' : overview.percentile} in ms${noteOf(overview, groups)}`,
    spans: several
      ? [
          { text: '', columns: 2 },
          ...groups.map((group) => ({
            text: group.condition,
            columns: shownIn(group).length + Number(detail.hasNotOk),
          })),
          { text: '', columns: 1 },
        ].filter((span) => span.columns > 0)
      : [],
    columns: [
      nameColumn('operation'),
      ...textColumns('target'),
      ...figureColumns(...columns),
      ...textColumns('guarantee'),
    ],
    rows: operations.flatMap((operation) =>
      labels.map((label): Row => {
        const found = groups.map((group) => ({
          group,
          contender: group.contenders.find((one) => one.label === label),
        }));
        const contenders = found.flatMap(({ contender }) => contender ?? []);
        return {
          cells: [
            `${operation.name} · ${operation.point}`,
            label,
            ...found.flatMap(({ group, contender }) => [
              ...shownIn(group).map((phase) =>
                spreadText(
                  spreadOf(contender, {
                    operation: operation.name,
                    phase,
                    latency: operation.latency,
                    percentile: overview.percentile,
                  }),
                ),
              ),
              ...(detail.hasNotOk ? [notOkText(contender, group, operation.name)] : []),
            ]),
            guaranteeText(contenders[0]?.trials[0]?.semantics, operation.point),
          ],
          status: worstOf(contenders),
        };
      }),
    ),
  };
}

export function worstOf(contenders: readonly Contender[]): Row['status'] {
  const worst = (['invalid', 'suspect'] as const).find((one) => contenders.some(({ status }) => status === one));
  return worst ?? 'valid';
}

/** While the faults were in force, else all along. */
function notOkText(contender: Contender | undefined, { phases }: ConditionGroup, operation: string): string {
  const counted = phases.includes('during') ? (['during'] as const) : phases;
  const parts = (contender?.counted ?? []).flatMap((trial) =>
    counted.flatMap((phase) => trial.phases[phase]?.operations[operation]?.counts ?? []),
  );
  const { offered, ok } = sumCounts(parts);
  return parts.length === 0 ? '–' : formatShare(offered - ok, offered);
}

function noteOf({ operations, percentile }: Overview, groups: readonly ConditionGroup[]): string {
  const [group, operation] = [groups[0], operations[0]];
  const phase = group?.phases[0];
  if (group === undefined || operation === undefined || phase === undefined) return '';
  const place = { operation: operation.name, phase, latency: operation.latency, percentile };
  return spreadNote(group.contenders.map((contender) => spreadOf(contender, place)));
}

/** What ± stands for; empty where no figure has one. */
export function spreadNote(spreads: readonly ReturnType<typeof spreadOf>[]): string {
  if (spreads.every(({ halfUs }) => halfUs === null)) return '';
  const repeats = Math.max(...spreads.map(({ values }) => values.filter((value) => value !== null).length));
  return repeats === 1 ? ', ± 95 % within this run' : `, ± 95 % of ${repeats} repeats`;
}
