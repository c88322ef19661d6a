/** Consume, transform, produce: what was written because of what was taken, and what that did to the accounts. */
import { knownSum } from '../../result/known-sum.ts';
import { overchargesOf } from '../../result/overcharges.ts';
import type { OutputsResult } from '../../result/result-types.ts';
import type { ConditionGroup, Contender } from '../figures/result-view.ts';
import { formatKnownCount } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Table } from '../text/table.ts';

/** Over all repeats; null: not known of one of them. */
export function outputsSum({ trials }: Contender, of: (outputs: OutputsResult) => number): number | null {
  return knownSum(trials.map(({ outputs }) => outputs && of(outputs)));
}

export function overchargesSum({ trials }: Contender): number | null {
  return knownSum(trials.map(({ payments }) => overchargesOf(payments)));
}

export function hasOutputs({ trials }: Contender): boolean {
  return trials.some(({ outputs }) => outputs !== undefined);
}

/** null where nothing is written. */
export function outputsTable({ contenders }: ConditionGroup): Table | null {
  const shown = contenders.filter(hasOutputs);
  if (shown.length === 0) return null;
  const isPaid = shown.some(({ trials }) => trials.some(({ payments }) => payments !== undefined));
  return {
    title: 'exactly once: what was written of what was handed over, and what was charged',
    spans: [],
    columns: [
      nameColumn('target'),
      ...figureColumns('handed over', 'written once', 'missing', 'twice', 'uncommitted'),
      ...(isPaid ? figureColumns('charged again') : []),
    ],
    rows: shown.map((contender) => ({
      cells: [
        contender.label,
        ...(['due', 'once', 'missing', 'twice', 'uncommitted'] as const).map((key) =>
          formatKnownCount(outputsSum(contender, (outputs) => outputs[key])),
        ),
        ...(isPaid ? [formatKnownCount(overchargesSum(contender))] : []),
      ],
      status: contender.status,
    })),
  };
}
