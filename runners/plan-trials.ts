/** The trials of a scenario, in the order in which they are run. */

import { costShares } from '../result/cost-rates.ts';
import { ownValue } from '../result/own-value.ts';
import type { SettingValue } from '../result/result-types.ts';
import { satOut } from '../scenarios/places.ts';
import type { Load, Scenario } from '../scenarios/scenario.ts';
import { plannedProbes } from './capacity/search-capacity.ts';
import { hash32, randomStreams } from './schedule/seeded-random.ts';

export interface TrialPlan {
  /** Unique in the run, fit for a file name, e.g. `rest-calm-1`. */
  readonly id: string;
  readonly target: string;
  readonly condition: string;
  /** Swept settings by path. */
  readonly variant: Readonly<Record<string, SettingValue>>;
  /** From 1. */
  readonly repeat: number;
  /** About how long it takes (of a search: all its trials), a fresh service and the drain included. */
  readonly plannedMs: number;
}

/** A fresh service and its connections before the load, the drain after it; as measured on two cores. */
const overheadMs = 2_000;

export function trialMs({ warmupMs, durationMs }: Load): number {
  return warmupMs + durationMs + overheadMs;
}

/**
 * Repeat after repeat, each with all targets and conditions, but for those that a target sits out, in a seeded order of its own: what changes on the machine
 * over the run then falls on all of them alike.
 */
export function planTrials(scenario: Scenario): TrialPlan[] {
  const { load, workload, repeats } = scenario;
  const search = load.model === 'open' ? load.search : null;
  const plannedMs =
    trialMs(load) * (search === null ? 1 : plannedProbes(search) + (search.cost ? costShares.length : 0));
  const out = satOut(scenario);
  const plays = (target: string, condition: string) =>
    !out.some((one) => one.target === target && one.condition === condition);
  const pairs = Object.keys(scenario.targets).flatMap((target) =>
    (ownValue(scenario.sweep, target) ?? [{}]).flatMap((variant) =>
      Object.keys(scenario.conditions)
        .filter((condition) => plays(target, condition))
        .map((condition) => ({ target, variant, condition })),
    ),
  );
  return Array.from({ length: repeats }, (_, index) => index + 1).flatMap((repeat) =>
    shuffled(pairs, workload.seed, repeat).map(({ target, variant, condition }) => {
      const id = [target, ...settingNames(variant), condition, repeat].join('-');
      return { id, target, condition, variant, repeat, plannedMs };
    }),
  );
}

/** `linger=5ms` → `linger-5ms`, of the last step of each path; nothing that a file name must not have. */
function settingNames(variant: TrialPlan['variant']): string[] {
  return Object.entries(variant).map(([path, value]) => {
    return `${path.split('.').at(-1)}-${String(value).replace(/[^\w.]+/g, '_')}`;
  });
}

/** Fisher–Yates. */
function shuffled<Item>(items: readonly Item[], seed: number, repeat: number): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = hash32(seed, randomStreams.order, repeat * items.length + last) % (last + 1);
    [order[last], order[other]] = [order[other] as Item, order[last] as Item];
  }
  return order;
}
