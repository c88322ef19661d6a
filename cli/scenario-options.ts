/** Options that `run` and `plan` share: which part of a scenario, with which settings. */
import type { Scenario } from '../scenarios/scenario.ts';
import { requireScenario } from '../scenarios/schema/load-scenario.ts';
import { overridesFrom } from '../scenarios/schema/overrides.ts';
import type { ParsedScenario } from '../scenarios/schema/parse-scenario.ts';
import { selectConditions, selectTargets } from '../scenarios/select-trials.ts';
import { guardOutput } from './guard-output.ts';
import { list, text } from './option-shapes.ts';

export const scenarioOptions = {
  target: { ...list, describe: 'only this target (again for more)' },
  condition: { ...list, describe: 'only this condition (again for more)' },
  repeats: { ...text, describe: 'how often each trial is run' },
  duration: { ...text, describe: 'how long is measured, e.g. 5s' },
  rate: { ...text, describe: 'arrivals, e.g. 200/s' },
  set: { ...list, describe: 'path=value of any setting, e.g. targets.grpc.engine=ghz' },
  seed: { ...text, describe: 'decides every draw of the workload' },
} as const;

export interface ScenarioArguments {
  readonly target?: readonly string[] | undefined;
  readonly condition?: readonly string[] | undefined;
  readonly repeats?: string | undefined;
  readonly duration?: string | undefined;
  readonly rate?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly seed?: string | undefined;
}

export interface OpenedScenario {
  /** With overrides and selection applied. */
  readonly scenario: Scenario;
  readonly variants: ParsedScenario['variants'];
  /** The same as it may be stored and shown: values of the environment redacted. */
  readonly plan: Scenario;
  /** YAML that can be run again from anywhere on this machine: overrides applied, `${…}` as written, all targets. */
  readonly text: string;
  /** For all that is stored of the run: results, events, texts. */
  redactRecord: ParsedScenario['redactRecord'];
  /** What is left out, by the selection or as a repetition, a sentence each. */
  readonly notes: readonly string[];
}

/** What is printed from then on holds no values of the environment. Throws a BenchError (exit 2) with all problems of the scenario, or the option that names something unknown. */
export function openScenario(path: string, options: ScenarioArguments): OpenedScenario {
  const { set, duration, rate, repeats, seed } = options;
  const parsed = requireScenario(path, { overrides: overridesFrom({ set, duration, rate, repeats, seed }) });
  guardOutput(parsed.redactOutput);
  const byTarget = selectTargets(parsed.scenario, options.target ?? []);
  const { scenario, notes } = selectConditions(byTarget.scenario, options.condition ?? []);
  return {
    scenario,
    variants: parsed.variants,
    plan: parsed.redactPlan(scenario),
    text: parsed.text,
    redactRecord: parsed.redactRecord,
    notes: [...parsed.notes, ...byTarget.notes, ...notes].map(parsed.redact),
  };
}
