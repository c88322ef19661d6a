/** Flows that nobody but a person can end: what was done could not be undone before the deadline. */
import type { Contender } from '../figures/result-view.ts';
import { formatCount } from '../text/format-values.ts';
import { nameColumn, type Table, textColumns } from '../text/table.ts';

/** The first of each trial by their ids, for whoever has to look at them; null: there is none. */
export function needsPersonTable(contenders: readonly Contender[]): Table | null {
  const rows = contenders.flatMap(({ trials, status }) =>
    trials.flatMap(({ id, flows }) => {
      const all = flows?.needsPerson ?? 0;
      const known = Object.values(flows?.examples ?? {}).flatMap((examples) => examples ?? []);
      const listed = known.filter(({ needsPerson = false }) => needsPerson);
      const more = all - listed.length;
      return [
        ...listed.map((example) => ({ cells: [id, example.id, example.last], status })),
        ...(more > 0 ? [{ cells: [id, `and ${formatCount(more)} more`, ''], status }] : []),
      ];
    }),
  );
  if (rows.length === 0) return null;
  return {
    title: 'needs a person: what was done could not be undone before the deadline',
    spans: [],
    columns: [nameColumn('trial'), ...textColumns('flow', 'last done')],
    rows,
  };
}
