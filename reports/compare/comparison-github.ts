/** A comparison as annotations: gates first, then what is worse, and the answer. */
import type { ComparisonResult } from '../../result/compare/comparison-result.ts';
import { type Annotation, annotationLines } from '../exchange/annotations.ts';
import { comparisonSentences, gateText, intervalText, placeOf, valueText } from './comparison-terminal.ts';

export function renderComparisonGithub(comparison: ComparisonResult): string {
  const { scenario, gates, rows, warnings, leftOut } = comparison;
  const ofGates = gates.flatMap((gate): Annotation[] => {
    if (gate.status === 'pass') return [];
    const title = `${scenario}: ${gate.status === 'fail' ? 'gate failed' : 'gate cannot be told'}`;
    return [{ level: 'error', title, message: gateText(gate) }];
  });
  const worse = rows
    .filter(({ answer }) => answer === 'worse')
    .map((row): Annotation => {
      const figures = `${valueText(row, row.base)} → ${valueText(row, row.other)}, ratio ${intervalText(row)}`;
      return { level: 'warning', title: `${scenario}: worse`, message: `${placeOf(row)}: ${figures}` };
    });
  const ofWarnings = warnings.map(({ code, message, remedy }): Annotation => {
    return { level: 'warning', title: `${scenario}: ${code}`, message: `${message} ${remedy}` };
  });
  const out = leftOut.map(({ side, trial, reason }): Annotation => {
    return { level: 'warning', title: `${scenario}: left out`, message: `${side} ${trial}: ${reason}` };
  });
  const notice: Annotation = {
    level: 'notice',
    title: comparison.question ?? scenario,
    message: comparisonSentences(comparison).join(' '),
  };
  return annotationLines([...ofGates, ...worse, ...ofWarnings, ...out, notice]);
}
