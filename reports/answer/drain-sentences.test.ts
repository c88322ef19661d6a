import { expect, it } from 'vitest';
import type { RunResult, TrialResult } from '../../result/result-types.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { renderFirstScreen } from '../terminal/first-screen.ts';
import { drainAnswers } from './drain-sentences.ts';

type Drain = NonNullable<TrialResult['drain']>;

const drain: Drain = {
  highest: 4_012,
  fromMs: 8_000,
  toMs: 12_000,
  left: 0,
  deliveredPerSecond: 1_500,
  live: { offered: 2_000, delivered: 2_000, p50Us: 2_100_000, p99Us: 4_000_000 },
};

const [fault] = fixtureResult().trials.flatMap(({ faults }) => faults);

function runWith(of: (trial: TrialResult) => Drain | undefined, kind = 'pause-consumers'): RunResult {
  const calm = fixtureResult();
  if (fault === undefined) throw new Error('the fixture has no fault');
  const faults = [{ ...fault, fault: kind }];
  const trials = calm.trials.map((trial) => {
    const one = of(trial);
    return one === undefined ? trial : { ...trial, faults, drain: one };
  });
  return { ...calm, trials };
}

it('tells of the slowest repeat how long a backlog took, and what those who came meanwhile saw', () => {
  const [told] = drainAnswers(
    runWith(({ target, repeat }) =>
      target === 'rest' ? { ...drain, toMs: repeat === 1 ? 13_000 : 10_000 } : undefined,
    ),
  );
  expect(told).toMatch(
    /^The backlog of \S+ – rest: 4,012 in 5\.?0* s, 1,500\/s, half of those who came meanwhile after 2\.10 s or later\.$/,
  );
});

it('says what was still there at the end', () => {
  const [told] = drainAnswers(
    runWith(({ target }) => (target === 'rest' ? { ...drain, toMs: null, left: 70 } : undefined)),
  );
  expect(told).toMatch(/rest: [\d,]+ still there at the end/);
});

it('says nothing where faults built none', () => {
  expect(drainAnswers(fixtureResult())).toEqual([]);
});

it.each([
  ['pause-consumers', true],
  ['kill', false],
])('is on the first screen where consumers were paused, not for what piled up besides: %s', (kind, isThere) => {
  const run = runWith(({ target }) => (target === 'rest' ? drain : undefined), kind);
  expect(drainAnswers(run).length > 0).toBe(isThere);
  const screen = renderFirstScreen(run, { colour: false, width: 100, directory: null, page: null });
  expect(screen.includes('backlog: built, then worked off')).toBe(isThere);
  expect(screen.includes('The backlog of')).toBe(isThere);
});
