/** Tables for spreadsheets: RFC 4180, plain numbers, empty where nothing is known. */

export type CsvValue = string | number | boolean | null | undefined;

/** A column: its heading, and what stands under it in the row of `Item`. */
export type CsvColumn<Item> = readonly [heading: string, of: (item: Item) => CsvValue];

export function csvText<Item>(columns: readonly CsvColumn<Item>[], items: readonly Item[]): string {
  const head = columns.map(([heading]) => heading);
  const rows = items.map((item) => columns.map(([, of]) => of(item)));
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A leading sign of a formula is disarmed, since spreadsheets would run it. */
function cell(value: CsvValue): string {
  if (typeof value === 'number') return String(value);
  const plain = String(value ?? '');
  const text = /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `goodputPerSecond` → `goodput_per_second` */
export function csvHeading(...names: readonly string[]): string {
  return names.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).join('_');
}
