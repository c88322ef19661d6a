/** All report formats. A new one is a file from result to text and a line here. */
import type { RunResult } from '../result/result-types.ts';
import { renderCsv } from './csv.ts';
import { renderHlog } from './hlog.ts';
import { renderHtml } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import { renderTerminal } from './terminal.ts';

export const formatNames = ['terminal', 'json', 'html', 'hlog', 'csv', 'markdown'] as const;
export type FormatName = (typeof formatNames)[number];

export interface Reporter {
  /** In the result folder. */
  readonly file: string;
  render(result: RunResult): string;
}

const plainWidth = 160;

export const reporters = {
  terminal: { file: 'report.txt', render: (result) => renderTerminal(result, { colour: false, width: plainWidth }) },
  json: { file: 'result.json', render: (result) => `${JSON.stringify(result, null, 1)}\n` },
  html: { file: 'report.html', render: renderHtml },
  hlog: { file: 'histograms.hlog', render: renderHlog },
  csv: { file: 'summary.csv', render: renderCsv },
  markdown: { file: 'report.md', render: renderMarkdown },
} as const satisfies Record<FormatName, Reporter>;
