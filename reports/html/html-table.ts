import type { Verdict } from '../../result/result-types.ts';
import type { Column, Table } from '../text/table.ts';

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A mark that is told apart without colour. */
const marks = { valid: '', suspect: '▲ ', invalid: '✕ ' } as const satisfies Record<Verdict['status'], string>;

export function htmlTable({ title, spans, columns, rows }: Table): string {
  const spanRow = spans.some(({ text }) => text !== '')
    ? `<tr>${spans.map(({ text, columns: wide }) => spanCell(text, wide)).join('')}</tr>`
    : '';
  const starts = groupStarts(spans);
  const classOf = (column: Column | undefined, n: number, text: string) => {
    const names = [
      column?.kind === 'text' ? 'text' : '',
      column?.title === 'verdict' ? 'verdict' : '',
      starts.has(n) ? 'start' : '',
      missing(text),
    ].filter(Boolean);
    return names.length === 0 ? '' : ` class="${names.join(' ')}"`;
  };
  const headings = columns.map((column, n) =>
    column.title === '' ? '<td></td>' : `<th scope="col"${classOf(column, n, '')}>${escapeHtml(column.title)}</th>`,
  );
  const body = rows.map(({ cells, status }) => {
    const [name = '', ...rest] = cells;
    const data = rest.map(
      (text, n) => `<td${classOf(columns[n + 1], n + 1, text)}>${keptTogether(escapeHtml(text))}</td>`,
    );
    return `<tr class="${status}"><th scope="row">${marks[status]}${escapeHtml(name)}</th>${data.join('')}</tr>`;
  });
  // Focusable, so that the keyboard can scroll what is wider than the window.
  return `<div class="table" tabindex="0" role="region" aria-label="${escapeHtml(title)}"><table>
<caption>${escapeHtml(title)}</caption>
<thead>${spanRow}<tr>${headings.join('')}</tr></thead>
<tbody>${body.join('\n')}</tbody>
</table></div>`;
}

/** A number and its unit stay on one line. */
function keptTogether(html: string): string {
  return html
    .replace(/(?<=\d) (?=(%|µs|ms|s|B|KiB|MiB)(?!\w))/g, '\u00a0')
    .replace(/(?<=±≥?) |(?<=\d) (?=±[\d?])/g, '\u00a0')
    .replace(/\(\d[^)]*\)/g, (range) => range.replaceAll(' ', '\u00a0').replaceAll('–', '–\u2060'));
}

function spanCell(text: string, columns: number): string {
  return text === ''
    ? `<td colspan="${columns}"></td>`
    : `<th colspan="${columns}" scope="colgroup">${escapeHtml(text)}</th>`;
}

/** Columns at which a headed group begins or the one before it ends. */
function groupStarts(spans: Table['spans']): Set<number> {
  const starts = new Set<number>();
  let at = 0;
  for (const [n, { text, columns }] of spans.entries()) {
    if (n > 0 && (text !== '' || spans[n - 1]?.text !== '')) starts.add(at);
    at += columns;
  }
  return starts;
}

function missing(text: string): string {
  if (text.startsWith('not reached')) return 'bad';
  return text === 'too few' || text === '–' || text === '?' ? 'none' : '';
}
