/** Cells as a table for `docs/versions.md`; wires that agree share a row. */
import { changeNames } from './changes.ts';
import { type FormatName, formats } from './message-format.ts';
import type { Cell } from './play.ts';

const head = [
  '| change | written in | over | old client, new service: request | its answer | new client, old service: request | its answer |',
  '|---|---|---|---|---|---|---|',
];

export function evolutionTable(cells: readonly Cell[]): string {
  const rows = changeNames.flatMap((change) =>
    (Object.keys(formats) as FormatName[]).flatMap((format) => {
      const these = cells.filter((cell) => cell.change === change && cell.format === format);
      return [...wiresByVerdicts(these)].map(
        ([verdicts, wires]) => `| ${change} | ${format} | ${wires.join(', ')} | ${verdicts} |`,
      );
    }),
  );
  return [...head, ...rows].join('\n');
}

function wiresByVerdicts(cells: readonly Cell[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const wire of new Set(cells.map((cell) => cell.wire))) {
    const verdicts = (['old', 'new'] as const).flatMap((client) => {
      const cell = cells.find((one) => one.wire === wire && one.client === client);
      return [cell?.request ?? '–', cell?.answer ?? '–'];
    });
    const key = verdicts.join(' | ');
    found.set(key, [...(found.get(key) ?? []), wire]);
  }
  return found;
}
