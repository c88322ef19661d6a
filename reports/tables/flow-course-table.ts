/** What a flow costs, and how flows went on settling: at which rate, and how long after a fault. */
import { phaseNames } from '../../result/result-names.ts';
import type { FlowsResult, PhaseName } from '../../result/result-types.ts';
import type { Contender } from '../figures/result-view.ts';
import { formatBytes, formatCount, formatDuration, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table } from '../text/table.ts';

/** null: of results of earlier versions nothing of it is known. */
export function flowCourseTable(contenders: readonly Contender[]): Table | null {
  const shown = contenders.filter((contender) => flowsIn(contender).some(({ course }) => course !== undefined));
  if (shown.length === 0) return null;
  const all = shown.flatMap(flowsIn);
  const phases = phaseNames.filter((phase) => all.some(({ course }) => course?.settledPerSecond[phase] !== undefined));
  const hasCosts = all.some(({ perFlow }) => perFlow !== undefined);
  const hasFault = all.some(({ course }) => course?.ofFault !== undefined);
  const costs = hasCosts ? ['CPU a flow', 'bytes a flow', 'messages a flow'] : [];
  const rates = phases.map((phase) => `settled/s ${phase}`);
  const faults = hasFault ? ['last of the fault settled after'] : [];
  return {
    title: `flows: ${hasCosts ? 'what one costs its parts, and ' : ''}how many settled`,
    spans: [],
    columns: [nameColumn('target'), ...figureColumns(...costs, ...rates, ...faults)],
    rows: shown.map((contender): Row => {
      const flows = flowsIn(contender);
      const cells = [
        ...(hasCosts ? costCells(flows) : []),
        ...phases.map((phase) => rateText(flows, phase)),
        ...(hasFault ? [lastOfFault(contender) ?? '–'] : []),
      ];
      return { cells: [contender.label, ...cells], status: contender.status };
    }),
  };
}

/** Of the trials that count, else of all. */
function flowsIn({ counted, trials }: Contender): FlowsResult[] {
  return (counted.length > 0 ? counted : trials).flatMap(({ flows }) => flows ?? []);
}

function costCells(flows: readonly FlowsResult[]): string[] {
  const mean = (of: (one: NonNullable<FlowsResult['perFlow']>) => number | null, format: (value: number) => string) => {
    const value = meanOf(flows.map(({ perFlow }) => (perFlow === undefined ? null : of(perFlow))));
    return value === null ? '–' : format(value);
  };
  return [
    mean(({ cpuUs }) => cpuUs.total, formatUs),
    mean(({ bytes }) => bytes.total, formatBytes),
    mean(
      ({ messages }) => messages.total,
      (value) => value.toFixed(2),
    ),
  ];
}

function rateText(flows: readonly FlowsResult[], phase: PhaseName): string {
  const value = meanOf(flows.map(({ course }) => course?.settledPerSecond[phase] ?? null));
  return value === null ? '–' : formatCount(value);
}

/** `1.2 s`, `639 ms, 1 never`: the worst of the repeats; null: there was no fault, or it hit no flow. */
export function lastOfFault(contender: Contender): string | null {
  const all = flowsIn(contender).flatMap(({ course }) => course?.ofFault ?? []);
  if (all.every(({ flows }) => flows === 0)) return null;
  const unsettled = all.reduce((sum, one) => sum + one.unsettled, 0);
  const last = Math.max(...all.map(({ lastSettledAfterMs }) => lastSettledAfterMs ?? Number.NEGATIVE_INFINITY));
  const time = Number.isFinite(last) ? formatDuration(last) : '–';
  return unsettled === 0 ? time : `${time}, ${formatCount(unsettled)} never`;
}

/** null: that of one is not known. */
function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value): value is number => value !== null);
  if (known.length === 0 || known.length < values.length) return null;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
