import { describe, expect, it } from 'vitest';
import type { PhaseResult, RunResult } from '../../result/result-types.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { comparisonTables } from './comparison-tables.ts';

/** In the first measured phase of every gRPC trial. */
function resending(resent: number): RunResult {
  const result = fixtureResult();
  const trials = result.trials.map((trial) => {
    const steady = trial.phases.steady as PhaseResult | undefined;
    if (trial.protocol !== 'grpc' || steady === undefined) return trial;
    return { ...trial, phases: { ...trial.phases, steady: { ...steady, counts: { ...steady.counts, resent } } } };
  });
  return { ...result, trials };
}

describe('what the client sent again by itself', () => {
  const column = (result: RunResult) => {
    const { cost } = comparisonTables(result)[0] ?? {};
    const at = cost?.columns.findIndex(({ title }) => title === 'sent again') ?? -1;
    const width = cost?.spans.reduce((sum, { columns }) => sum + columns, 0);
    expect(width).toBe(cost?.columns.length);
    return at === -1 ? null : cost?.rows.map(({ cells }) => [cells[0], cells[at]]);
  };

  it('has no column where nothing was', () => {
    expect(column(fixtureResult())).toBeNull();
  });

  it('is told for every target where one did', () => {
    const cells = column(resending(7));
    expect(cells?.filter(([, count]) => count === '7').map(([name]) => name)).toEqual(['grpc']);
    expect(cells?.filter(([, count]) => count === '0')).toHaveLength((cells?.length ?? 0) - 1);
  });
});
