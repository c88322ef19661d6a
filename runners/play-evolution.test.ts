import { expect, it } from 'vitest';
import type { EvolutionResult, RunResult } from '../result/result-types.ts';
import { wholeEvolution } from './play-evolution.ts';

const cell = { change: 'fieldAdded', format: 'json', client: 'old', request: 'reads', answer: 'reads' } as const;

function earlier(...played: string[]) {
  const wires = ['rest', 'kafka'].map((wire) => ({ wire, carriedBy: '', readBy: {} }));
  const evolution: EvolutionResult = { durationMs: 1, wires, cells: played.map((wire) => ({ ...cell, wire })) };
  return { evolution } as RunResult;
}

it('a run that is gone on with plays again what an earlier one could not play', () => {
  expect(wholeEvolution(earlier('rest', 'kafka'))).toEqual(earlier('rest', 'kafka').evolution);
  expect(wholeEvolution(earlier('rest'))).toBeUndefined();
  expect(wholeEvolution({} as RunResult)).toBeUndefined();
  expect(wholeEvolution(undefined)).toBeUndefined();
});
