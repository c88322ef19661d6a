/** Pieces of Markdown that reports are put together from, and how much of them a pull request takes. */
import { fullTitles, type Table } from '../text/table.ts';

/** A comment on GitHub holds no more, in characters. */
export const mostCommentCharacters = 65_536;

export function escapeMarkdown(text: string): string {
  return text.replace(/[\\|<>`*_[\]#~@]/g, (character) => `\\${character}`).replace(/\s+/g, ' ');
}

export function markdownTable(table: Table): string {
  const row = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const alignment = `|${table.columns.map(({ kind }) => (kind === 'figure' ? '--:' : '---')).join('|')}|`;
  const rows = table.rows.map(({ cells }) => row(cells));
  return [`### ${escapeMarkdown(table.title)}`, '', row(fullTitles(table)), alignment, ...rows].join('\n');
}

/** Of items that are Markdown already; nothing without any. */
export function markdownList(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`### ${title}`, items.map((item) => `- ${item}`).join('\n')];
}

/**
 * Parts one below the other, as many as a comment holds: from the first that does not fit on all are left out but for what
 * they say at their top, and the last line says where the rest is. A part is cut between lines only.
 */
export function joinForComment(parts: readonly string[], whereElse: string, most = mostCommentCharacters): string {
  const kept = parts.filter((part) => part !== '');
  const whole = `${kept.join('\n\n')}\n`;
  if (whole.length <= most) return whole;
  const note = `*Cut to what a comment holds (${most.toLocaleString('en')} characters). ${whereElse}*\n`;
  const shown: string[] = [];
  let room = most - note.length;
  for (const part of kept) {
    if (part.length + 2 <= room) {
      shown.push(part);
      room -= part.length + 2;
      continue;
    }
    const lines = linesWithin(part, room - 2);
    if (lines !== '') shown.push(lines);
    break;
  }
  return [...shown, note].join('\n\n');
}

/** The first lines of a part; none of a table of which no row would be left. */
function linesWithin(part: string, most: number): string {
  const lines: string[] = [];
  let length = 0;
  for (const line of part.split('\n')) {
    length += line.length + 1;
    if (length > most) break;
    lines.push(line);
  }
  const isBareHead = lines.at(-1)?.startsWith('|--') === true || lines.length <= 1;
  return isBareHead ? '' : lines.join('\n');
}
