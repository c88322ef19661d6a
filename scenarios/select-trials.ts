/** A part of a scenario: only some of its targets and conditions. */
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { closestName } from '../result/closest-name.ts';
import { isPhase } from '../result/result-types.ts';
import type { Scenario } from './scenario.ts';

export interface Selected {
  readonly scenario: Scenario;
  /** What was left out with them, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Keeps these targets, in the order of the file; without a name all but the optional ones. Throws a BenchError (exit 2) for an
 * unknown one.
 */
export function selectTargets(scenario: Scenario, names: readonly string[]): Selected {
  if (names.length > 0) {
    requireKnown('--target', names, Object.keys(scenario.targets));
    return onlyTargets(scenario, names);
  }
  const all = Object.keys(scenario.targets);
  const optional = all.filter((name) => scenario.targets[name]?.optional === true);
  if (optional.length === 0) return { scenario, notes: [] };
  const selected = onlyTargets(
    scenario,
    all.filter((name) => !optional.includes(name)),
  );
  const note = `${optional.join(', ')}: optional, and left out; --target ${optional[0]} runs it.`;
  return { ...selected, notes: [note, ...selected.notes] };
}

function onlyTargets(scenario: Scenario, names: readonly string[]): Selected {
  const targets = only(scenario.targets, names);
  const sweep = only(scenario.sweep, names);
  const kept = scenario.thresholds.filter(({ target }) => target === 'all' || names.includes(target));
  return withThresholds({ ...scenario, targets, sweep }, kept);
}

/** The same for conditions; the primary figure goes with its condition. */
export function selectConditions(scenario: Scenario, names: readonly string[]): Selected {
  if (names.length === 0) return { scenario, notes: [] };
  requireKnown('--condition', names, Object.keys(scenario.conditions));
  const conditions = only(scenario.conditions, names);
  const phases = new Set(Object.values(conditions).flatMap((windows) => phasesOf(windows.length > 0)));
  const kept = scenario.thresholds.filter(({ within }) => {
    const ofConditions = within.filter((name) => !isPhase(name));
    const ofPhases = within.filter(isPhase);
    return (
      (ofConditions.length === 0 || ofConditions.some((name) => names.includes(name))) &&
      (ofPhases.length === 0 || ofPhases.some((name) => phases.has(name)))
    );
  });
  const selected = withThresholds({ ...scenario, conditions }, kept);
  const { primary, ...rest } = selected.scenario;
  if (primary === undefined || names.includes(primary.condition)) return selected;
  const note = `The primary figure is left out: it is measured in ${primary.condition}.`;
  return { scenario: rest, notes: [...selected.notes, note] };
}

function phasesOf(hasFaults: boolean): readonly string[] {
  return hasFaults ? ['warmup', 'before', 'during', 'after', 'drain'] : ['warmup', 'steady', 'drain'];
}

function only<Value>(entries: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => names.includes(name)));
}

function withThresholds(scenario: Scenario, kept: Scenario['thresholds']): Selected {
  const left = scenario.thresholds.filter((threshold) => !kept.includes(threshold));
  const notes = left.map(
    ({ expression }) => `The threshold "${expression}" is left out: nothing it speaks of is selected.`,
  );
  return { scenario: { ...scenario, thresholds: kept }, notes };
}

function requireKnown(option: string, names: readonly string[], known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const meant = closestName(name, known);
    throw new BenchError('commandLine', `${option} ${name}: the scenario has no such ${option.replace(/^--/, '')}`, {
      hint: `${meant === null ? '' : `Did you mean ${meant}? `}It has: ${known.join(', ')}.`,
      exitCode: exitCodes.usage,
    });
  }
}
