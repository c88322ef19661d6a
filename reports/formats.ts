/** All report formats. A new one is a file from result to text and a line here, behind the gate that keeps texts clean. */

import { cleanTexts } from '../result/printable.ts';
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
  terminal: {
    file: 'report.txt',
    render: (result) => renderTerminal(cleanTexts(result), { colour: false, width: plainWidth }),
  },
  json: { file: 'result.json', render: (result) => `${JSON.stringify(result, null, 1)}\n` },
  html: { file: 'report.html', render: (result) => renderHtml(cleanTexts(result)) },
  hlog: { file: 'histograms.hlog', render: (result) => renderHlog(cleanTexts(result)) },
  csv: { file: 'summary.csv', render: (result) => renderCsv(cleanTexts(result)) },
  markdown: { file: 'report.md', render: (result) => renderMarkdown(cleanTexts(result)) },
} as const satisfies Record<FormatName, Reporter>;
