import { expect, it } from 'vitest';
import { amplificationOf } from '../result/amplification.ts';
import type { PhaseResult, TrialResult } from '../result/result-types.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('policies');

const scenario = `name: policies
workload: { operations: { getOrder: {} }, service: { retryAfter: 400ms } }
load: { model: open, rate: 150/s, warmup: 500ms, duration: 3s }
targets:
  heeding: { protocol: grpc }
  breaker: { protocol: rest, resilience: { retry: { retryAfter: ignore }, breaker: { window: 500ms, openFor: 200ms } } }
  budget:  { protocol: websocket, resilience: { retry: { budget: { ratio: 0.1, burst: 5 } }, fallback: true } }
conditions: { refusing: [ { at: 1s, for: 1s, fault: failing-service, rejectRatio: 1 } ] }
resilience: { deadline: 3s, timeout: 1s, retry: { attempts: 4, base: 10ms, cap: 20ms } }
`;

/** Over the phases in which the refusals and what follows from them are. */
function sums({ phases }: TrialResult) {
  const parts = [phases.during, phases.after].flatMap((phase) => phase ?? []);
  const of = (pick: (part: (typeof parts)[number]) => number | undefined) =>
    parts.reduce((sum, part) => sum + (pick(part) ?? 0), 0);
  return {
    offered: of(({ counts }) => counts.offered),
    notOk: of(({ counts }) => counts.offered - counts.ok),
    attempts: of(({ counts }) => counts.attempts),
    refused: of(({ policies }) => policies?.refused),
    denied: of(({ policies }) => policies?.retriesDenied),
    fallbacks: of(({ policies }) => policies?.fallbacks),
    breakerOpen: of(({ errors }) => errors['breaker open']),
  };
}

it('spares a refusing service, each policy in its own way', async () => {
  const { stdout, result } = await rig.play(scenario);
  const trialOf = (target: string): TrialResult => {
    const found = result.trials.find((trial) => trial.target === target);
    if (found?.phases.during === undefined) throw new Error(`no trial of ${target}`);
    return found;
  };
  // Told to wait 0.4 s each time, a retry or two later the second is over; heedless, all four attempts are within 0.1 s.
  const { counts, policies } = trialOf('heeding').phases.during as PhaseResult;
  expect(amplificationOf(counts, policies)).toBeLessThan(3.5);
  expect(counts.ok / counts.offered).toBeGreaterThan(0.6);

  const breaker = sums(trialOf('breaker'));
  const states = trialOf('breaker').breaker?.map(({ state }) => state) ?? [];
  expect(states.slice(0, 2)).toEqual(['open', 'halfOpen']);
  expect(states.at(-1)).toBe('closed');
  expect(breaker.refused).toBeGreaterThan(0);
  expect(breaker.breakerOpen).toBe(breaker.refused);
  expect(breaker.attempts).toBeLessThan(breaker.offered * 1.5); // of four a second long

  const budget = sums(trialOf('budget'));
  expect(budget.attempts - budget.offered).toBeLessThanOrEqual(0.1 * budget.offered + 5 + 1);
  expect(budget.denied).toBeGreaterThan(0);
  expect(budget.fallbacks).toBe(budget.notOk);
  expect(stdout).toContain('policies of the client');
});
