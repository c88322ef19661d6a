/** A table before it has a format. */
import type { Verdict } from '../../result/result-types.ts';

export interface Column {
  readonly title: string;
  /** `name` names the row, `figure` stands right-aligned, `text` is prose. */
  readonly kind: 'name' | 'figure' | 'text';
}

export interface Row {
  readonly cells: readonly string[];
  readonly status: Verdict['status'];
}

export interface Table {
  readonly title: string;
  /** Headings over several columns, together over all; empty: none. */
  readonly spans: readonly { readonly text: string; readonly columns: number }[];
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export const nameColumn = (title: string): Column => ({ title, kind: 'name' });
export const figureColumns = (...titles: string[]): Column[] => titles.map((title) => ({ title, kind: 'figure' }));
export const textColumns = (...titles: string[]): Column[] => titles.map((title) => ({ title, kind: 'text' }));

/** Each column with its span before it: `during p99`. For formats without spans. */
export function fullTitles({ columns, spans }: Table): string[] {
  const spanOf = spans.flatMap((span) => Array.from({ length: span.columns }, () => span.text));
  return columns.map(({ title }, n) => [spanOf[n], title].filter(Boolean).join(' '));
}
