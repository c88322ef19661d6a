/** Flows of the user's own systems: what became of each, as far as the event that settles can tell. */
import type { FlowsResult, ObservedFlows } from '../../result/result-types.ts';
import type { Contender } from '../figures/result-view.ts';
import { formatCount, formatDuration } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

/** Of the first trial that has one; undefined: these are no flows of an own system. */
export function observedIn({ trials }: Contender): ObservedFlows | undefined {
  return trials.find(({ flows }) => flows?.observed !== undefined)?.flows?.observed;
}

/** Over all repeats. */
export function observedSum(
  { trials }: Contender,
  of: (observed: ObservedFlows, flows: FlowsResult) => number,
): number {
  return trials.reduce((sum, { flows }) => sum + (flows?.observed === undefined ? 0 : of(flows.observed, flows)), 0);
}

/** null: none of them has such flows. */
export function observedFlowsTable(contenders: readonly Contender[]): Table | null {
  const rows = contenders.flatMap((contender): Row[] => {
    const observed = observedIn(contender);
    if (observed === undefined) return [];
    const sum = (of: Parameters<typeof observedSum>[1]) => formatCount(observedSum(contender, of));
    return [
      {
        cells: [
          contender.label,
          sum((_, flows) => flows.acknowledged ?? 0),
          sum(({ settled }) => settled),
          sum(({ late }) => late),
          sum((_, flows) => flows.open ?? 0),
          sum((_, flows) => flows.unacknowledged ?? 0),
          sum(({ twice }) => twice),
          sum(({ foreign }) => foreign),
          sum(({ unreadable }) => unreadable),
          whereText(contender, observed),
        ],
        status: contender.status,
      },
    ];
  });
  if (rows.length === 0) return null;
  const figures = ['flows', 'settled', 'of them late', 'open', 'client not told', 'again', 'foreign', 'unreadable'];
  return {
    title: 'flows of your own system, by the event that settles; what else became of them only it knows',
    spans: [],
    columns: [nameColumn('target'), ...figureColumns(...figures), ...textColumns('seen')],
    rows,
  };
}

function whereText(contender: Contender, { by, withinMs, polls }: ObservedFlows): string {
  const asked = polls && `; ${formatCount(observedSum(contender, (one) => one.polls?.requests ?? 0))} requests`;
  return `${by}${asked ?? ''}; late after ${formatDuration(withinMs)}`;
}
