/** A search for the highest rate as trials of a run: each as long as the scenario says, at the rate that is asked for. */
import { costShares } from '../result/cost-rates.ts';
import type { CapacityResult, TrialResult } from '../result/result-types.ts';
import { resilienceOf, type Scenario, type Target } from '../scenarios/scenario.ts';
import { loadAtRate } from '../scenarios/schema/resolve-load.ts';
import { type CapacityQuestion, findCapacity } from './capacity/find-capacity.ts';
import { type TrialPlan, trialMs } from './plan-trials.ts';
import { searchOf } from './run-plan.ts';

export interface PlayedSearch extends Pick<CapacityQuestion, 'cores' | 'goesOn' | 'keep'> {
  readonly scenario: Scenario;
  readonly plan: TrialPlan;
  readonly target: Target;
  /** How many trials the run has so far. */
  readonly played: () => number;
  /** Plays the trial that is number `index` of the run. */
  readonly play: (index: number, probe: TrialPlan, atRate: Scenario) => Promise<TrialResult>;
}

/** null: the scenario searches for nothing. */
export async function playSearch(asked: PlayedSearch): Promise<CapacityResult | null> {
  const { scenario, plan, target, cores, goesOn, keep } = asked;
  const { load } = scenario;
  const search = searchOf(scenario);
  if (load.model !== 'open' || search === null) return null;
  const { deadlineMs } = resilienceOf(scenario, target);
  const play = (ratePerSecond: number): Promise<TrialResult> => {
    const index = asked.played();
    const id = `${plan.id.replace(/-\d+$/, '')}-${ratePerSecond}-per-second-${index + 1}`;
    const atRate = { ...scenario, load: loadAtRate(load, ratePerSecond, deadlineMs) };
    const variant = { ...plan.variant, 'load.rate': `${ratePerSecond}/s` };
    return asked.play(index, { ...plan, id, variant, plannedMs: trialMs(load) }, atRate);
  };
  const { target: name, condition, variant } = plan;
  const capacity = await findCapacity({ target: name, condition, variant, search, cores, goesOn, keep, play });
  return search.cost === true ? { ...capacity, cost: await playCost(capacity.ratePerSecond, play, goesOn) } : capacity;
}

/** At shares of the highest rate; none where there is no such rate. */
async function playCost(
  highest: number | null,
  play: (ratePerSecond: number) => Promise<TrialResult>,
  goesOn: () => boolean,
): Promise<NonNullable<CapacityResult['cost']>> {
  const played: { trial: string; share: number; ratePerSecond: number }[] = [];
  for (const share of highest === null ? [] : costShares) {
    if (!goesOn()) break;
    const ratePerSecond = Math.round((highest ?? 0) * share * 10) / 10;
    played.push({ trial: (await play(ratePerSecond)).id, share, ratePerSecond });
  }
  return played;
}
