/** What two results differ in, so that nobody takes the effect of another machine for that of a change. */

import { guaranteeSetting, replyGuaranteeSetting } from '../guarantee.ts';
import type { PlanView, RunResult, TrialResult } from '../result-types.ts';
import type { RunDifference } from './comparison-result.ts';

/** Of these the figures are of other things; a condition of the same name with other faults is another condition. */
const refusedPaths = [/^load(\.|$)/, /^workload\.(operations|payloads|keys)(\.|$)/, /^environment\.(cpu|cores|memory)/];
/** The kernel keeps more or less of it from one start to the next. */
const memoryTolerance = 0.02;
/** Said by others, or of no consequence for a figure. */
const unimportant = new Set(['name', 'question', 'thresholds', 'repeats']);

/** Those that refuse first. `side`: name of the other one. `planned`: paths that the reader has changed on purpose. */
export function runDifferences(base: RunResult, other: RunResult, side: string): RunDifference[] {
  const found: RunDifference[] = [];
  const add = (what: string, one: unknown, two: unknown, refused: boolean) =>
    found.push({ side, what, base: textOf(one), other: textOf(two), refused });
  if (base.semanticsVersion !== other.semanticsVersion) {
    add('semanticsVersion', base.semanticsVersion, other.semanticsVersion, true);
  }
  if (base.run.scenario !== other.run.scenario) add('scenario', base.run.scenario, other.run.scenario, false);
  for (const [what, one, two] of [...environmentDifferences(base, other), ...planDifferences(base, other)]) {
    add(what, one, two, isRefused(what, one, two));
  }
  for (const [what, one, two] of trialDifferences(base, other)) add(what, one, two, true);
  return found.sort((a, b) => Number(b.refused) - Number(a.refused));
}

/** The same of what is only planned. */
export function plannedDifferences(base: PlanView, other: PlanView, side: string): RunDifference[] {
  return planDifferences({ plan: base }, { plan: other }).map(([what, one, two]) => {
    return { side, what, base: textOf(one), other: textOf(two), refused: isRefused(what, one, two) };
  });
}

type Difference = readonly [what: string, base: unknown, other: unknown];

function isRefused(what: string, base: unknown, other: unknown): boolean {
  if (/^conditions\./.test(what)) return base !== undefined && other !== undefined;
  return refusedPaths.some((path) => path.test(what));
}

function environmentDifferences({ environment: a }: RunResult, { environment: b }: RunResult): Difference[] {
  const found: Difference[] = [];
  for (const name of ['cpu', 'cores', 'os', 'node', 'gitCommit'] as const) {
    if (a[name] !== b[name]) found.push([`environment.${name}`, a[name], b[name]]);
  }
  const [low, high] = [Math.min(a.memoryBytes, b.memoryBytes), Math.max(a.memoryBytes, b.memoryBytes)];
  if (high > low * (1 + memoryTolerance)) found.push(['environment.memoryBytes', a.memoryBytes, b.memoryBytes]);
  return [...found, ...unlike(a.versions, b.versions, 'environment.versions')];
}

function planDifferences({ plan: a }: Pick<RunResult, 'plan'>, { plan: b }: Pick<RunResult, 'plan'>): Difference[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)].filter((key) => !unimportant.has(key)));
  return [...keys].flatMap((key) => {
    const [one, two] = [a, b].map((plan) => (plan as unknown as Record<string, unknown>)[key]);
    // A condition is played as a whole.
    return unlike(one, two, key, key === 'conditions' ? 2 : Number.POSITIVE_INFINITY);
  });
}

/** Of the same target, condition and variant: where an operation is complete, and what an acknowledgement is worth. */
function trialDifferences(base: RunResult, other: RunResult): Difference[] {
  const found = new Map<string, Difference>();
  for (const one of base.trials) {
    const two = other.trials.find((trial) => cellOf(trial) === cellOf(one));
    if (two === undefined) continue;
    for (const setting of [guaranteeSetting, replyGuaranteeSetting]) {
      const [a, b] = [one.semantics[setting] ?? null, two.semantics[setting] ?? null];
      const isUntold = setting === replyGuaranteeSetting && (a === null || b === null); // older results have none
      if (a !== b && !isUntold) found.set(`${one.target} ${setting}`, [`${one.target} ${setting}`, a, b]);
    }
    for (const [name, completion] of completionsOf(one)) {
      const its = completionsOf(two).get(name);
      const what = `${one.target} ${name} completion`;
      if (its !== undefined && its !== completion) found.set(what, [what, completion, its]);
    }
  }
  return [...found.values()];
}

function completionsOf(trial: TrialResult): Map<string, string> {
  const operations = Object.values(trial.phases).flatMap((phase) => Object.entries(phase.operations));
  return new Map(operations.map(([name, { completion }]) => [name, completion]));
}

/** Target, condition and variant: what trials of two results have in common. */
export function cellOf({ target, condition, variant }: TrialResult): string {
  const settings = Object.entries(variant).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([target, condition, settings]);
}

/** Leaves that are not the same, at most `depth` names deep. */
function unlike(a: unknown, b: unknown, path: string, depth = Number.POSITIVE_INFINITY): Difference[] {
  if (textOf(a) === textOf(b)) return [];
  if (!isRecord(a) || !isRecord(b) || path.split('.').length >= depth) return [[path, a, b]];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => unlike(a[key], b[key], `${path}.${key}`, depth));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}
