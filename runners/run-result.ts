/** What a run has found so far, in the shape in which it is stored. */
import type {
  CapacityResult,
  EnvironmentResult,
  EvolutionResult,
  PlanView,
  RunResult,
  TrialResult,
  Warning,
} from '../result/result-types.ts';
import { semanticsVersion } from '../result/semantics-version.ts';
import { evaluateThresholds } from '../result/thresholds.ts';
import { satOut } from '../scenarios/places.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { TrialPlan } from './plan-trials.ts';
import { plannedTrials, searchOf } from './run-plan.ts';
import { trialWarnings } from './run-warnings.ts';

export interface RunAccount {
  readonly scenario: Scenario;
  /** As stored: environment values redacted. */
  readonly plan: PlanView;
  readonly plans: readonly TrialPlan[];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly environment: EnvironmentResult;
  readonly trials: readonly TrialResult[];
  readonly capacity: readonly CapacityResult[];
  readonly evolution: EvolutionResult | undefined;
  /** Of the run; those of its trials come on top. */
  readonly warnings: readonly Warning[];
}

export function runResult(account: RunAccount, status: RunResult['status']): RunResult {
  const { scenario, plan, plans, startedAt, environment, trials, capacity, evolution, warnings } = account;
  const out = satOut(scenario);
  return {
    schemaVersion: 1,
    semanticsVersion,
    status,
    run: {
      id: `${scenario.name}-${startedAt.replace(/[-:]|\.\d+/g, '')}`,
      scenario: scenario.name,
      startedAt,
      finishedAt: status === 'partial' ? null : new Date().toISOString(),
      seed: scenario.workload.seed,
      trialsPlanned: status === 'complete' ? trials.length : plannedTrials(scenario, plans),
    },
    environment,
    plan,
    trials,
    thresholds: evaluateThresholds(
      scenario.thresholds,
      trials.filter(({ purpose }) => purpose === undefined),
    ),
    ...(out.length > 0 && { satOut: out }),
    ...(searchOf(scenario) === null ? {} : { capacity }),
    ...(evolution !== undefined && { evolution }),
    warnings: [...warnings, ...trialWarnings(trials)],
  };
}

/** What the display says of a trial that has ended. */
export function trialSummary(trial: TrialResult) {
  const phases = Object.values(trial.phases);
  const measured = trial.phases.steady ?? trial.phases.during;
  return {
    p50Us: measured?.latencyUs.offered.p50 ?? null,
    p99Us: measured?.latencyUs.offered.p99 ?? null,
    goodputPerSecond: measured?.goodputPerSecond ?? 0,
    notOk: phases.reduce((sum, { counts }) => sum + counts.offered - counts.ok, 0),
  };
}
