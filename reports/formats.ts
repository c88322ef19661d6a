/** All report formats. A new one is a file from result to text and a line here, behind the gate that keeps texts clean. */

import { cleanTexts } from '../result/printable.ts';
import type { RunResult } from '../result/result-types.ts';
import { renderCsv } from './exchange/csv.ts';
import { renderGithub } from './exchange/github.ts';
import { renderHlog } from './exchange/hlog.ts';
import { renderJunit } from './exchange/junit.ts';
import { renderMarkdown } from './exchange/markdown.ts';
import { renderPrometheus } from './exchange/prometheus.ts';
import { renderHtml } from './html/html.ts';
import { renderTerminal } from './terminal/terminal.ts';

export interface Reporter<Result = RunResult> {
  /** In the result folder. */
  readonly file: string;
  /** Of what is read on stdout, unless a file is named for it. */
  readonly isPrinted?: true;
  render(result: Result): string;
}

const plainWidth = 160;

/** Results by their name, not by all that is in them: the package's declarations would be too long. */
export const reporters = {
  terminal: {
    file: 'report.txt',
    isPrinted: true,
    render: (result: RunResult) => renderTerminal(cleanTexts(result), { colour: false, width: plainWidth }),
  },
  json: { file: 'result.json', render: (result: RunResult) => `${JSON.stringify(result, null, 1)}\n` },
  html: { file: 'report.html', render: (result: RunResult) => renderHtml(cleanTexts(result)) },
  hlog: { file: 'histograms.hlog', render: (result: RunResult) => renderHlog(cleanTexts(result)) },
  csv: { file: 'summary.csv', render: (result: RunResult) => renderCsv(cleanTexts(result)) },
  markdown: { file: 'report.md', render: (result: RunResult) => renderMarkdown(cleanTexts(result)) },
  github: { file: 'annotations.txt', isPrinted: true, render: (result: RunResult) => renderGithub(cleanTexts(result)) },
  junit: { file: 'junit.xml', render: (result: RunResult) => renderJunit(cleanTexts(result)) },
  prometheus: { file: 'metrics.prom', render: (result: RunResult) => renderPrometheus(cleanTexts(result)) },
} as const satisfies Record<string, Reporter>;

export type FormatName = keyof typeof reporters;
export const formatNames = Object.keys(reporters) as readonly FormatName[];
