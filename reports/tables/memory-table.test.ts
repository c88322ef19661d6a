import { describe, expect, it } from 'vitest';
import type { MemoryResult, TrialResult } from '../../result/result-types.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { memoryTable } from './memory-table.ts';

const [{ memory: _, ...trial }] = fixtureResult().trials as [TrialResult, ...TrialResult[]];
const held = (mebibytes: number, brokerBytes: number | null): MemoryResult => {
  return { generatorBytes: 1, serviceBytes: mebibytes * 1024 ** 2, brokerBytes, proxyBytes: 2 };
};
const rows = (...memory: (MemoryResult | undefined)[]) => {
  const trials = memory.map((one) => ({ ...trial, ...(one && { memory: one }) }));
  const contender = { label: 'rest', target: 'rest', status: 'valid' as const, trials, counted: trials };
  return memoryTable({
    condition: 'calm',
    phases: ['steady'],
    contenders: [contender],
    satOut: [],
    ofRun: trials,
  })?.rows[0]?.cells.slice(1);
};

describe('memory in a report', () => {
  it('has no table where nobody looked', () => {
    expect(rows(undefined)).toBeUndefined();
  });

  it('is the highest of all repeats, each part for itself', () => {
    expect(rows(held(80, 5), held(120, 3))).toEqual(['1 B', '120 MiB', '5 B', '2 B']);
  });

  it('is not told of a part that is not there, or that a repeat does not know', () => {
    expect(rows(held(80, null))?.[2]).toBe('–');
    expect(rows(held(80, 5), held(80, null))?.[2]).toBe('–');
  });
});
