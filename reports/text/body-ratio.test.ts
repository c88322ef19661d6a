import { describe, expect, it } from 'vitest';
import type { BodyBytes, RunResult } from '../../result/result-types.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { comparisonTables } from '../tables/comparison-tables.ts';
import { trialFacts } from '../tables/trial-tables.ts';
import { fullTitles } from './table.ts';

const bodies: BodyBytes = { plainBytesUp: 3_000, wireBytesUp: 1_000, plainBytesDown: 0, wireBytesDown: 0 };

/** The fixture, the trials of one target compressed. */
function compressed(target: string): RunResult {
  const result = fixtureResult();
  const trials = result.trials.map((trial) =>
    trial.target === target ? { ...trial, wire: { ...trial.wire, bodies } } : trial,
  );
  return { ...result, trials };
}

describe('the achieved ratio', () => {
  it('stands beside the bytes of the target that compresses, and nothing of it elsewhere', () => {
    const { cost } = comparisonTables(compressed('rest'))[0] ?? {};
    const titles = cost === undefined ? [] : fullTitles(cost);
    const [up, down] = [titles.indexOf('bodies smaller up'), titles.indexOf('bodies smaller down')];
    const ratios = cost?.rows.map(({ cells }) => [cells[0], cells[up], cells[down]]);
    expect(ratios?.filter(([name]) => name === 'rest')).toEqual([['rest', '3.00×', '–']]);
    expect(ratios?.filter(([name]) => name !== 'rest').every(([, ...figures]) => figures.join() === '–,–')).toBe(true);
    expect(cost?.rows.every(({ cells }) => cells.length === titles.length)).toBe(true);
  });

  it('has no column where nobody compresses', () => {
    const { cost } = comparisonTables(fixtureResult())[0] ?? {};
    expect(cost?.spans.some(({ text }) => text.includes('bodies'))).toBe(false);
  });

  it('is among the facts of a trial, each way that was used', () => {
    const [trial] = compressed('rest').trials.filter(({ target }) => target === 'rest');
    expect(trial && trialFacts(trial)).toContain('bodies compressed 3.00× up (2.93 KiB as 1000 B)');
    expect(trial && trialFacts(trial)).not.toMatch(/compressed [^·]*down/);
  });
});
