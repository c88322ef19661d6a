/** What a run is going to do, before it does it: what it needs, how many trials, which of them are done. */
import type { RunResult, TrialResult } from '../result/result-types.ts';
import { brokerOf } from '../scenarios/protocols/registry.ts';
import { type RateSearch, resilienceOf, type Scenario, type Target } from '../scenarios/scenario.ts';
import { securedTargets } from '../scenarios/security.ts';
import type { StackNeeds } from '../targets/stack/stack.ts';
import { plannedProbes } from './capacity/search-capacity.ts';
import type { TrialPlan } from './plan-trials.ts';

/** What the selected targets need; a direct own system needs nothing. */
export function stackNeeds(scenario: Scenario): StackNeeds {
  const targets = Object.values(scenario.targets).flatMap((target) => [target, ...secondTransport(scenario, target)]);
  const used = targets.flatMap((target) => (target.address === undefined ? (brokerOf(target) ?? []) : []));
  const securedNames = securedTargets(scenario);
  const secured = [...new Set(securedNames.flatMap((name) => brokerOf(scenario.targets[name] as Target) ?? []))];
  return {
    toxiproxy: targets.some(({ via }) => via === 'toxiproxy'),
    ...(secured.length > 0 && { secured }),
    brokers: Object.fromEntries(used.map((name) => [name, scenario.brokers?.[name] ?? 1])),
  };
}

function secondTransport(scenario: Scenario, target: Target): Target[] {
  const { fallback } = resilienceOf(scenario, target);
  const other = fallback?.kind === 'transport' ? scenario.transports?.[fallback.to] : undefined;
  return other === undefined ? [] : [other];
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
