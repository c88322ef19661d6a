/** How much of what was measured is the service that answers, a row for each target and operation. */
import { dominatingShare, type ServicePart, serviceParts } from '../../result/service-share.ts';
import type { ConditionGroup, Contender } from '../figures/result-view.ts';
import { medianOf } from '../figures/variant-figures.ts';
import { formatShare, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

/** null: no answer waits for the work of a service of ours. */
export function serviceShareTable({ contenders }: ConditionGroup): Table | null {
  const rows = contenders.flatMap(rowsOf);
  if (rows.length === 0) return null;
  return {
    title: `the service’s share of p50: what it took by its own evidence or its CPU, whichever is more; from ${formatShare(dominatingShare, 1)} on a figure tells of the service, not of the protocol`,
    spans: [],
    columns: [
      nameColumn('target'),
      ...textColumns('operation', 'service'),
      ...figureColumns('p50', 'in service', 'CPU an op', 'share'),
    ],
    rows,
  };
}

function rowsOf({ label, counted, status }: Contender): Row[] {
  const all = counted.map(serviceParts);
  const names = new Set(all.flatMap((parts) => [...parts.keys()]));
  const runtime = String(counted[0]?.semantics.service ?? 'Node');
  return [...names].map((name): Row => {
    const middle = (of: (part: ServicePart) => number | null) =>
      medianOf(all.flatMap((parts) => parts.get(name) ?? []).map(of));
    const cell = (of: (part: ServicePart) => number | null, format: (value: number) => string) => {
      const value = middle(of);
      return value === null ? '–' : format(value);
    };
    return {
      cells: [
        label,
        name,
        runtime,
        cell(({ latencyUs }) => latencyUs, formatUs),
        cell(({ inServiceUs }) => inServiceUs, formatUs),
        cell(({ cpuUs }) => cpuUs, formatUs),
        cell(
          ({ share }) => share,
          (share) => formatShare(share, 1),
        ),
      ],
      status,
    };
  });
}
