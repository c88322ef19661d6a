/** Text for a terminal: safe, and no wider than it. */

export { cleanLine } from '../../result/printable.ts';

/** Breaks at spaces; a number stays with its unit, and a word longer than the width is cut into pieces. */
export function wrap(text: string, width: number): string[] {
  const most = Math.max(8, width);
  const words = text.split(/ (?!(?:µs|ms|s|%|B|KiB|MiB)(?![\w]))/).flatMap((word) => pieces(word, most));
  const lines: string[] = [];
  let line: string | null = null;
  for (const word of words) {
    if (line !== null && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line === null ? word : `${line} ${word}`;
  }
  return [...lines, line ?? ''];
}

function pieces(word: string, most: number): string[] {
  const found: string[] = [];
  for (let at = 0; at < word.length; at += most) found.push(word.slice(at, at + most));
  return found.length === 0 ? [''] : found;
}
