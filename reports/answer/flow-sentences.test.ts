import { expect, it } from 'vitest';
import { flowStates } from '../../result/flow-states.ts';
import type { FlowsResult, RunResult } from '../../result/result-types.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { flowAnswers } from './flow-sentences.ts';

function flowsWith(figures: Partial<Record<'stuck' | 'phantom', number | null>>): FlowsResult {
  const none = Object.fromEntries(flowStates.map((state) => [state, 0])) as Record<(typeof flowStates)[number], number>;
  const counts = { ...none, phantom: 0, unacknowledged: 0 };
  return {
    ...{ ...counts, acknowledged: 100, needsPerson: 0, ...figures },
    ...{ stuckAfter: {}, openAfter: {}, inconsistencies: {}, stages: [], examples: {} },
    moneyCents: { ...counts, accountsCents: 0 },
  };
}

function runWith(of: (target: string, condition: string) => FlowsResult): RunResult {
  const result = fixtureResult();
  return { ...result, trials: result.trials.map((trial) => ({ ...trial, flows: of(trial.target, trial.condition) })) };
}

it('answers with what became of flows, condition by condition, those without harm together', () => {
  expect(flowAnswers(fixtureResult())).toEqual([]);
  const result = fixtureResult();
  const [first, ...others] = [...new Set(result.trials.map(({ condition }) => condition))];
  const [stranded] = [...new Set(result.trials.map(({ target }) => target))];
  const sentences = flowAnswers(
    runWith((target, condition) =>
      flowsWith(target === stranded && condition === first ? { stuck: 1, phantom: 2 } : {}),
    ),
  );
  expect(sentences[0]).toMatch(
    new RegExp(
      `^Under ${first} – stuck: ${stranded} \\d+; phantom: ${stranded} \\d+; all flows ended as they should: `,
    ),
  );
  expect(sentences[1]).toBe(`Under ${others.join(', ')} every flow of every target ended as it should.`);
});

it('calls no flow right of which nobody knows', () => {
  const [sentence] = flowAnswers(runWith(() => flowsWith({ stuck: null })));
  expect(sentence).toMatch(/^Under \S+ – not known: /);
  expect(sentence).not.toContain('as they should');
});

it('tells how many of twenty kills at random moments left a flow wrong, with bounds', () => {
  const result = runWith(() => flowsWith({}));
  const condition = 'slow-network';
  const [pattern] = result.trials.filter((trial) => trial.condition === condition);
  const [fault] = pattern?.faults ?? [];
  if (pattern === undefined || fault === undefined) throw new Error('no trial with a fault');
  const kill = { ...fault, fault: 'kill', settings: { part: 'orders' } };
  const killed = (repeat: number) => ({
    ...{ ...pattern, id: `killed-${repeat}`, repeat, faults: [kill] },
    flows: flowsWith({ stuck: repeat < 3 ? 1 : 0 }),
  });
  const run = (kills: number, withinMs: number | undefined) => ({
    ...result,
    plan: { ...result.plan, conditions: { [condition]: [{ fault: 'kill', ...(withinMs && { withinMs }) }] } },
    trials: Array.from({ length: kills }, (_, repeat) => killed(repeat)),
  });
  expect(flowAnswers(run(20, 2_000)).at(-1)).toBe(
    `Under ${condition}, of kills at random moments (95 %) – ${pattern.target}: stuck after 3 of 20, 3–38 %; none inconsistent, phantom after 20, at most 14 %.`,
  );
  const isRate = (sentence: string) => sentence.includes('random moments');
  expect(flowAnswers(run(9, 2_000)).filter(isRate)).toEqual([]);
  expect(flowAnswers(run(20, undefined)).filter(isRate)).toEqual([]);
});
