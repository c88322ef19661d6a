/** A sweep, and then its best variants again beside the target as written: what the best setting is worth. */
import { BenchError } from '../../result/bench-error.ts';
import type { RunResult, TuningResult } from '../../result/result-types.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { UnstoredResultError } from '../result-store.ts';
import type { RunOptions } from '../run-options.ts';
import { runScenario } from '../run-scenario.ts';
import type { Objective } from './objective.ts';
import { compareFinalists, highestPercentile, rankVariants } from './rank-variants.ts';

export interface TuneOptions extends Omit<RunOptions, 'earlier' | 'variants'> {
  readonly variants: RunOptions['variants'];
  readonly objective: Objective;
  /** Variants of each target that are measured again. */
  readonly finalists: number;
  /** Of each finalist and of the target as written. */
  readonly repeats: number;
}

/** Resolves with the result of the finals; `tuning` holds what the survey found. Rejects as `runScenario` does. */
export async function tuneScenario(options: TuneOptions): Promise<RunResult> {
  const { scenario, objective, emit, signal, store } = options;
  const condition = conditionOf(scenario);
  const conditions = { [condition]: scenario.conditions[condition] ?? [] };
  const swept = { ...scenario, conditions, targets: only(scenario.targets, Object.keys(scenario.sweep)) };
  const { evolution: _, ...surveyed } = swept; // once is enough: with the finals
  emit({ type: 'message', text: `survey: every variant once, ${condition}` });
  const survey = await runScenario({
    ...options,
    scenario: { ...surveyed, repeats: 1 },
    emit: (event) => {
      if (event.type !== 'finished' || event.status !== 'complete') emit(event); // the run goes on
    },
  });
  if (survey.status !== 'complete') return survey;
  await orUnstored(survey, store.write('survey.json', `${JSON.stringify(survey, null, 1)}\n`));
  const ranked = Object.keys(swept.targets).map((target) => {
    const trials = survey.trials.filter((trial) => trial.target === target);
    return { target, percentile: highestPercentile(trials), candidates: rankVariants(trials, objective) };
  });
  const sweep = Object.fromEntries(
    ranked.map(({ target, candidates }) => {
      const best = candidates.filter(({ value }) => value !== null).slice(0, options.finalists);
      return [target, [...best.map(({ variant }) => variant), {}]];
    }),
  );
  if (signal.aborted) return survey;
  emit({
    type: 'message',
    text: `finals: the best of each target beside the target as written, ${options.repeats} times`,
  });
  const finals = await runScenario({ ...options, scenario: { ...swept, sweep, repeats: options.repeats } });
  const tuning = ranked.map(({ target, percentile, candidates }): TuningResult => {
    const trials = finals.trials.filter((trial) => trial.target === target);
    return {
      target,
      condition,
      objective: objective.text,
      percentile,
      survey: candidates,
      finalists: compareFinalists(trials, objective),
    };
  });
  const result = { ...finals, tuning };
  await orUnstored(result, store.save(result));
  return result;
}

/** What is measured stays with the error. */
async function orUnstored(result: RunResult, storing: Promise<void>): Promise<void> {
  try {
    await storing;
  } catch (error) {
    throw error instanceof BenchError ? new UnstoredResultError(error, result) : error;
  }
}

/** The one of the primary figure, else the last. */
export function conditionOf({ primary, conditions }: Scenario): string {
  return primary?.condition ?? Object.keys(conditions).at(-1) ?? 'calm';
}

function only<Value>(entries: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => names.includes(name)));
}
