import { describe, expect, it } from 'vitest';
import { doubtsOf, type GoalLine } from './goal-line.ts';
import { goalTable } from './goal-table.ts';
import { spreadOf } from './spread.ts';

const line: GoalLine = {
  task: 'REST at 3000/s',
  figure: 'CPU a request, µs',
  ours: spreadOf([80, 90, 85]),
  beside: { name: 'vegeta', figure: spreadOf([9.25]) },
  measured: spreadOf([0.9]),
  sign: '≤',
  goal: 1,
  isMet: true,
  doubts: ['cpuPressure in 1 of 3'],
};

describe('goalTable', () => {
  it('has one line for each goal, and names once for each task what is doubtful', () => {
    const open = { ...line, beside: null, goal: null, isMet: null };
    const sure = { ...line, task: 'gRPC', doubts: [] };
    expect(
      goalTable([line, sure, { ...sure, isMet: false }, { ...sure, measured: spreadOf([0.9, 0.95, 1.1]) }, open])
        .split('\n')
        .slice(2),
    ).toEqual([
      '| REST at 3000/s | CPU a request, µs | 85.0 (80.0–90.0) | vegeta 9.25 | 0.90 | ≤ 1 | not decided: trials not valid |',
      '| gRPC | CPU a request, µs | 85.0 (80.0–90.0) | vegeta 9.25 | 0.90 | ≤ 1 | met |',
      '| gRPC | CPU a request, µs | 85.0 (80.0–90.0) | vegeta 9.25 | 0.90 | ≤ 1 | **not met** |',
      '| gRPC | CPU a request, µs | 85.0 (80.0–90.0) | vegeta 9.25 | 0.95 (0.90–1.10) | ≤ 1 | not decided: rounds differ |',
      '| REST at 3000/s | CPU a request, µs | 85.0 (80.0–90.0) |  |  |  |  |',
      '',
      '- REST at 3000/s: our own trials were not valid for cpuPressure in 1 of 3.',
    ]);
  });
});

it('doubtsOf counts the rounds in which a reason was given, not how often', () => {
  expect(doubtsOf([['a: x', 'a: y'], [], ['a: z', 'b: x']])).toEqual(['a in 2 of 3', 'b in 1 of 3']);
});
