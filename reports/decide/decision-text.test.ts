import { expect, it } from 'vitest';
import { judgement } from '../../result/decide/judgement.ts';
import type { DecisionResult } from '../../result/schema/decision-schema.ts';
import { decisionTables, judgementLines } from './decision-text.ts';

/** One target that misses it. */
function missing(of: number | null): DecisionResult {
  const wanted = { kind: 'lose', wanted: 'loses nothing', part: null, metric: null, limitUs: null } as const;
  const judgements = [judgement(wanted, 'misses', null, { count: 5, of, what: { missed: 5 } })];
  const target = { target: 'sse', label: 'sse', answer: 'misses', judgements };
  const groups = [{ guarantee: null, completion: 'acknowledged', targets: [target] }];
  return { groups, requirements: [wanted], sources: [], leftOut: [] } as unknown as DecisionResult;
}

it.each([
  [290, '5 of 290', '5 deliveries missed by subscribers of 290 acknowledged in the worst trial'],
  [null, '5', '5 deliveries missed by subscribers in the worst trial'],
])('tells of %s acknowledged ones what subscribers missed, and of no number that nobody knows', (of, cell, line) => {
  const decision = missing(of);
  expect(decisionTables(decision)[0]?.rows[0]?.cells[2]).toBe(`MISSES (${cell})`);
  expect(judgementLines(decision, 'misses').join(' ')).toContain(line);
});
