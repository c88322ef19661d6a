/** All formats of a comparison, named as those of a result are. */
import type { ComparisonResult } from '../../result/compare/comparison-result.ts';
import { cleanTexts } from '../../result/printable.ts';
import type { Reporter } from '../formats.ts';
import { renderComparisonCsv } from './comparison-csv.ts';
import { renderComparisonGithub } from './comparison-github.ts';
import { renderComparisonHtml } from './comparison-html.ts';
import { renderComparisonJunit } from './comparison-junit.ts';
import { renderComparisonMarkdown } from './comparison-markdown.ts';
import { renderComparison } from './comparison-terminal.ts';

const plainWidth = 160;

export const comparisonReporters = {
  terminal: {
    file: 'comparison.txt',
    isPrinted: true,
    render: (comparison) => renderComparison(cleanTexts(comparison), { colour: false, width: plainWidth }),
  },
  json: { file: 'comparison.json', render: (comparison) => `${JSON.stringify(comparison, null, 1)}\n` },
  html: { file: 'comparison.html', render: (comparison) => renderComparisonHtml(cleanTexts(comparison)) },
  csv: { file: 'comparison.csv', render: (comparison) => renderComparisonCsv(cleanTexts(comparison)) },
  markdown: { file: 'comparison.md', render: (comparison) => renderComparisonMarkdown(cleanTexts(comparison)) },
  github: {
    file: 'annotations.txt',
    isPrinted: true,
    render: (comparison) => renderComparisonGithub(cleanTexts(comparison)),
  },
  junit: { file: 'junit.xml', render: (comparison) => renderComparisonJunit(cleanTexts(comparison)) },
} as const satisfies Record<string, Reporter<ComparisonResult>>;

export type ComparisonFormat = keyof typeof comparisonReporters;
export const comparisonFormats = Object.keys(comparisonReporters) as readonly ComparisonFormat[];
