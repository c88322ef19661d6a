/** What a run is going to do, before it does it: what it needs, how many trials, which of them are done. */
import type { RunResult, TrialResult } from '../result/result-types.ts';
import { brokerOf } from '../scenarios/protocols/registry.ts';
import type { RateSearch, Scenario } from '../scenarios/scenario.ts';
import type { StackNeeds } from '../targets/stack/stack.ts';
import { plannedProbes } from './capacity/search-capacity.ts';
import type { TrialPlan } from './plan-trials.ts';

/** What the selected targets need; a direct own system needs nothing. */
export function stackNeeds(scenario: Scenario): StackNeeds {
  const targets = Object.values(scenario.targets);
  const used = targets.flatMap((target) => (target.address === undefined ? (brokerOf(target) ?? []) : []));
  return {
    toxiproxy: targets.some(({ via }) => via === 'toxiproxy'),
    brokers: Object.fromEntries(used.map((name) => [name, scenario.brokers?.[name] ?? 1])),
  };
}

/** Those that were not cut short. */
export function finishedTrials({ trials }: RunResult): readonly TrialResult[] {
  return trials.filter(({ verdict }) => !verdict.reasons.some(({ code }) => code === 'cutShort'));
}

/** null: the rate is given. */
export function searchOf({ load }: Scenario): RateSearch | null {
  return load.model === 'open' ? load.search : null;
}

/** Of a search: about, since it goes by what it sees. */
export function plannedTrials(scenario: Scenario, plans: readonly TrialPlan[]): number {
  const search = searchOf(scenario);
  return search === null ? plans.length : plans.length * plannedProbes(search);
}
