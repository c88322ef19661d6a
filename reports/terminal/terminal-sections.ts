/** Sentences, then titled sections of sentences and tables: what a terminal shows of a comparison or a decision. Pure. */
import type { Table } from '../text/table.ts';
import type { TerminalOptions } from './terminal.ts';
import { paletteFor } from './terminal-palette.ts';
import { renderTable } from './terminal-table.ts';
import { cleanLine, wrap } from './terminal-text.ts';

const leastWidth = 40;
/** Prose wider than this is tiring to read. */
const proseWidth = 120;

export interface TerminalSection {
  readonly title: string;
  readonly sentences?: readonly string[];
  readonly tables?: readonly Table[];
}

/** Sections with nothing in them are left out. */
export function renderSections(
  lead: readonly string[],
  sections: readonly TerminalSection[],
  { colour, width }: TerminalOptions,
): string {
  const palette = paletteFor(colour);
  const prose = Math.min(Math.max(width, leastWidth), proseWidth) - 2;
  const wrapped = (sentences: readonly string[]) => sentences.flatMap((line) => wrap(cleanLine(line), prose));
  const lines = sections.flatMap(({ title, sentences = [], tables = [] }) => {
    const body = [
      ...wrapped(sentences).map((line) => `  ${line}`),
      ...tables.flatMap((table) => renderTable(table, width, palette)),
    ];
    return body.length === 0 ? [] : ['', palette.strong(`━━ ${title}`), ...body];
  });
  return `${[...wrapped(lead), ...lines].join('\n')}\n`;
}
