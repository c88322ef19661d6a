/**
 * A comparison as test cases. With gates these alone fail, as the exit code does; without any a figure that is worse fails.
 * What nobody can tell was not answered: of a gate an error, of a figure skipped.
 */
import type { ComparisonResult, ComparisonRow, GateResult } from '../../result/compare/comparison-result.ts';
import { type JunitCase, junitXml } from '../exchange/junit-xml.ts';
import {
  answerText,
  comparisonSentences,
  differenceLines,
  doubtsOf,
  gateText,
  intervalText,
  placeOf,
  valueText,
} from './comparison-terminal.ts';

export function renderComparisonJunit(comparison: ComparisonResult): string {
  const { scenario, gates, rows, sides, method, status, minEffect } = comparison;
  return junitXml([
    {
      name: `${scenario}: ${sides.map(({ name }) => name).join(' and ')}`,
      startedAt: sides[0]?.startedAt ?? new Date(0).toISOString(),
      seconds: 0,
      properties: {
        method,
        status,
        minEffect: String(minEffect),
        ...Object.fromEntries(sides.map(({ name, runId }) => [`run of ${name}`, runId])),
      },
      cases: [
        ...gates.map((gate) => gateCase(gate, scenario)),
        ...rows.map((row) => rowCase(row, scenario, gates.length > 0)),
      ],
      output: [...comparisonSentences(comparison), ...differenceLines(comparison), ...doubtsOf(comparison)],
    },
  ]);
}

function gateCase(gate: GateResult, scenario: string): JunitCase {
  const { expression, status } = gate;
  const kind = status === 'fail' ? 'failure' : 'error';
  const trouble = status === 'pass' ? null : ({ kind, type: status, text: gateText(gate) } as const);
  return { group: `${scenario}.gates`, name: expression, seconds: 0, trouble };
}

function rowCase(row: ComparisonRow, scenario: string, hasGates: boolean): JunitCase {
  const figures = `${valueText(row, row.base)} → ${valueText(row, row.other)}, ratio ${intervalText(row)}`;
  const text = `${answerText(row)}: ${figures}${row.reason === null ? '' : `. ${row.reason}`}`;
  const kind = row.answer === 'cannotTell' ? 'skipped' : row.answer === 'worse' && !hasGates ? 'failure' : null;
  const trouble = kind === null ? null : ({ kind, type: row.answer, text } as const);
  return { group: `${scenario}.figures.${row.side}`, name: placeOf(row), seconds: 0, trouble };
}
