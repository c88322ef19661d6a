/** All formats of a decision, named as those of a result are. */
import { cleanTexts } from '../../result/printable.ts';
import type { DecisionResult } from '../../result/schema/decision-schema.ts';
import type { Reporter } from '../formats.ts';
import { renderDecisionMarkdown } from './decision-markdown.ts';
import { renderDecision } from './decision-terminal.ts';

const plainWidth = 160;

export const decisionReporters = {
  terminal: {
    file: 'decision.txt',
    isPrinted: true,
    render: (decision) => renderDecision(cleanTexts(decision), { colour: false, width: plainWidth }),
  },
  json: { file: 'decision.json', render: (decision) => `${JSON.stringify(decision, null, 1)}\n` },
  markdown: { file: 'decision.md', render: (decision) => renderDecisionMarkdown(cleanTexts(decision)) },
} as const satisfies Record<string, Reporter<DecisionResult>>;

export type DecisionFormat = keyof typeof decisionReporters;
export const decisionFormats = Object.keys(decisionReporters) as readonly DecisionFormat[];
