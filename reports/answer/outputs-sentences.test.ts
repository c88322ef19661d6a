import { expect, it } from 'vitest';
import type { OutputsResult, TrialResult } from '../../result/result-types.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { outputsAnswers } from './outputs-sentences.ts';

const condition = 'slow-network';
const exact: OutputsResult = { due: 100, once: 100, twice: 0, missing: 0, unacknowledged: 0, extra: 0, uncommitted: 0 };
/** Of 10 cents each. */
const paid = (charges: number): TrialResult['payments'] => ({
  payments: 100,
  dueCents: 1_000,
  chargedCents: charges * 10,
  accountsCents: charges * 10,
});

function killedTrials(kills: number, of: (repeat: number) => Pick<TrialResult, 'outputs' | 'payments'>, drawn = true) {
  const result = fixtureResult();
  const [pattern] = result.trials.filter((trial) => trial.condition === condition);
  const [fault] = pattern?.faults ?? [];
  if (pattern === undefined || fault === undefined) throw new Error('no trial with a fault');
  const kill = { ...fault, fault: 'kill', settings: { part: 'service' } };
  const sentences = outputsAnswers({
    ...result,
    plan: { ...result.plan, conditions: { [condition]: [{ fault: 'kill', ...(drawn && { withinMs: 2_000 }) }] } },
    trials: Array.from({ length: kills }, (_, repeat) => ({
      ...{ ...pattern, id: `killed-${repeat}`, repeat, faults: [kill] },
      ...of(repeat),
    })),
  });
  return { label: pattern.target, rates: sentences.filter((sentence) => sentence.includes('random moments')) };
}

it('tells after how many of twenty kills at random moments receipts were missing or twice or a payment charged again', () => {
  const { label, rates } = killedTrials(20, (repeat) => ({
    outputs: { ...exact, twice: repeat < 3 ? 7 : 0 },
    payments: paid(102),
  }));
  expect(rates).toEqual([
    `Under ${condition}, of kills at random moments (95 %) – ${label}: twice after 3 of 20, 3–38 %; charged again after 20 of 20, 83–100 %; none missing after 20, at most 14 %.`,
  ]);
});

it('gives no rate of a harm that is not known of one of them', () => {
  const { label, rates } = killedTrials(10, (repeat) => ({
    outputs: exact,
    payments: repeat === 4 ? undefined : paid(101),
  }));
  expect(rates).toEqual([
    `Under ${condition}, of kills at random moments (95 %) – ${label}: none missing, twice after 10, at most 26 %.`,
  ]);
});

it('gives no rate of fewer than ten kills, nor of kills at moments that somebody chose', () => {
  const of = () => ({ outputs: { ...exact, missing: 1 }, payments: paid(100) });
  expect(killedTrials(9, of).rates).toEqual([]);
  expect(killedTrials(20, of, false).rates).toEqual([]);
});
