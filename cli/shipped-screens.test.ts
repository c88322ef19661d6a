/** The first screen of results as the shipped scenarios give them: their targets, settings, conditions, operations and repeats. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fixtureResult, fixtureTrial } from '../reports/fixtures/fixture-result.ts';
import { type FixtureTarget, fixtureTargets } from '../reports/fixtures/fixture-targets.ts';
import { renderFirstScreen } from '../reports/terminal/first-screen.ts';
import type { RunResult, TrialResult } from '../result/result-types.ts';
import { planTrials, type TrialPlan } from '../runners/plan-trials.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { openScenario } from './scenario-options.ts';

const folder = join(import.meta.dirname, '..', 'scenarios');
const shipped = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

function resultOf(file: string): RunResult {
  const { scenario, plan } = openScenario(join(folder, file), {});
  const trials = planTrials(scenario).map((planned) => trialOf(planned, scenario));
  const isMet = (n: number) => n % 2 === 0;
  return fixtureResult({
    plan: plan as RunResult['plan'],
    trials,
    thresholds: Object.keys(scenario.thresholds).map((_, n) => {
      return { expression: `all errorRatio < ${n}%`, actual: 0.5, status: isMet(n) ? 'pass' : 'fail' };
    }),
  });
}

function trialOf({ target, condition, variant, repeat, id }: TrialPlan, scenario: Scenario): TrialResult {
  const kind = scenario.conditions[condition]?.length === 0 ? 'calm' : 'slow-network';
  const protocol = (Object.keys(fixtureTargets) as FixtureTarget[]).find(
    (name) => name === scenario.targets[target]?.protocol,
  );
  const trial = whole(protocol ?? 'rest', kind);
  const phases = Object.entries(trial.phases).map(([name, phase]) => {
    const { placeOrder, getOrder } = phase.operations;
    const operations = Object.entries(scenario.workload.operations).map(([operation, { pattern }]) => {
      return [operation, pattern === 'one-way' ? placeOrder : getOrder];
    });
    return [name, { ...phase, operations: Object.fromEntries(operations) }];
  });
  return { ...trial, id, target, condition, variant, repeat, phases: Object.fromEntries(phases) };
}

const built = new Map<string, TrialResult>();

/** Encoding its histograms takes a while: built once. */
function whole(protocol: FixtureTarget, kind: 'calm' | 'slow-network'): TrialResult {
  const key = `${protocol} ${kind}`;
  const trial = built.get(key) ?? fixtureTrial(protocol, kind);
  built.set(key, trial);
  return trial;
}

it.each(shipped)('%s fits one screen', (file) => {
  const options = { colour: false, width: 80, directory: 'results/x', page: 'report.html' };
  const lines = renderFirstScreen(resultOf(file), options).split('\n').slice(0, -1);
  expect(lines.length).toBeLessThanOrEqual(40);
  expect(lines.length).toBeGreaterThan(8);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  expect(lines.at(-1)).toContain('results/x');
});
