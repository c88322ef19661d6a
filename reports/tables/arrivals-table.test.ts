import { describe, expect, it } from 'vitest';
import type { RunResult, TrialResult } from '../../result/result-types.ts';
import { type ConditionGroup, conditionGroups } from '../figures/result-view.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { arrivalsTable } from './arrivals-table.ts';

function group(change: (trial: TrialResult) => TrialResult): ConditionGroup {
  const whole: RunResult = fixtureResult();
  const groups = conditionGroups({ ...whole, trials: whole.trials.map(change) });
  return groups.find(({ condition }) => condition === 'slow-network') as ConditionGroup;
}

const drawn = (trial: TrialResult, offeredPerSecond: number, repeat = 1): TrialResult => ({
  ...trial,
  repeat,
  phases: Object.fromEntries(
    Object.entries(trial.phases).map(([name, phase]) => [name, { ...phase, offeredPerSecond, plannedPerSecond: 500 }]),
  ),
});

describe('what was drawn', () => {
  it('stands beside what was planned, once a repeat', () => {
    const table = arrivalsTable(group((trial) => drawn(trial, 512.3)));
    expect(table?.rows.map(({ cells }) => cells)).toEqual([
      ['repeat 1', '512/s of 500/s', '512/s of 500/s', '512/s of 500/s'],
    ]);
  });

  it('names the targets where a phase was not as long for all', () => {
    const table = arrivalsTable(group((trial) => drawn(trial, trial.target === 'queue' ? 480 : 512)));
    expect(table?.rows.map(({ cells }) => cells[0])).toEqual([
      'repeat 1: rest, grpc, websocket, stream',
      'repeat 1: queue',
    ]);
  });

  it('is not there where nobody planned a rate', () => {
    expect(arrivalsTable(group((trial) => trial))).toBeNull();
  });
});
