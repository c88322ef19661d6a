/** Is another run different from the base, and by how much: rows, counts, and what stands against comparing them at all. */

import type { Warning } from '../result-types.ts';
import { leastNoiseRuns } from '../statistics/log-difference.ts';
import { comparedCounts } from './compared-counts.ts';
import { comparedRows } from './compared-rows.ts';
import { type CompareOptions, isSame, methodOf, type NamedRun, ofCell, ofItself } from './compared-sides.ts';
import { judgeGate } from './comparison-gates.ts';
import type { ComparedSide, ComparisonResult, LeftOutTrial } from './comparison-result.ts';
import { cellOf, runDifferences } from './run-differences.ts';

/** `base` first, every other one against it. Never throws for what differs: `differences` says what is refused. */
export function compareRuns(base: NamedRun, others: readonly NamedRun[], options: CompareOptions): ComparisonResult {
  const method = methodOf(options);
  const differences = others.flatMap((other) => runDifferences(base.result, other.result, other.name));
  const rows = comparedRows(base, others, options, method);
  const all = [base, ...others];
  return {
    kind: 'comparison',
    schemaVersion: 1,
    semanticsVersion: base.result.semanticsVersion,
    status: all.some(({ result }) => result.status !== 'complete') ? 'interrupted' : 'complete',
    scenario: base.result.run.scenario,
    question: base.result.plan.question ?? null,
    method,
    minEffect: options.minEffect,
    blocks: options.blocks ?? [],
    sides: all.map(sideOf),
    differences,
    isForced: options.isForced && differences.some(({ refused }) => refused),
    rows,
    counts: others.flatMap((other) => comparedCounts(base, other, options)),
    leftOut: leftOutOf(all, options),
    onlyOneHas: others.flatMap((other) => onlyOneHas(base, other)),
    gates: options.gates.map((gate) => judgeGate(gate, rows)),
    warnings: warningsOf(base, others, options),
  };
}

function sideOf({ name, result, settings = [] }: NamedRun): ComparedSide {
  const { id: runId, scenario, startedAt } = result.run;
  return { name, runId, scenario, startedAt, status: result.status, trials: ofItself(result).length, settings };
}

function leftOutOf(sides: readonly NamedRun[], { isInterleaved }: CompareOptions): LeftOutTrial[] {
  return sides.flatMap(({ name: side, result }, n) =>
    ofItself(result).flatMap((trial): LeftOutTrial[] => {
      const { verdict, id } = trial;
      if (verdict.status === 'invalid') {
        const reason = verdict.reasons.find(({ status }) => status === 'invalid')?.message ?? 'invalid';
        return [{ side, trial: id, verdict: verdict.status, reason }];
      }
      const opposite = sides[n === 0 ? 1 : 0]?.result;
      const isPaired =
        isInterleaved !== true ||
        (opposite !== undefined && ofCell(opposite, cellOf(trial)).some(({ repeat }) => repeat === trial.repeat));
      return isPaired
        ? []
        : [{ side, trial: id, verdict: verdict.status, reason: 'its block has no valid trial of the other side' }];
    }),
  );
}

function onlyOneHas(base: NamedRun, other: NamedRun): string[] {
  const found = new Set<string>();
  for (const [own, its] of [
    [base, other],
    [other, base],
  ] as const) {
    const there = new Set(ofItself(its.result).map(cellOf));
    for (const trial of ofItself(own.result)) {
      if (there.has(cellOf(trial))) continue;
      const settings = Object.entries(trial.variant).map(([path, value]) => ` ${path}=${value}`);
      found.add(`${trial.target}${settings.join('')} in ${trial.condition}: only ${own.name} has it`);
    }
  }
  return [...found];
}

function warningsOf(base: NamedRun, others: readonly NamedRun[], options: CompareOptions): Warning[] {
  const found: Warning[] = [];
  for (const { name, result } of [base, ...others]) {
    if (result.status !== 'complete' && options.isInterleaved !== true) {
      const message = `${name} is ${result.status}: ${ofItself(result).length} of ${result.run.trialsPlanned} trials are there.`;
      found.push({ code: 'partial', message, remedy: 'Compare whole runs; `bench run --resume` ends what was begun.' });
    }
  }
  for (const { name, result } of others) {
    if (options.isInterleaved !== true && isSame(base.result, result)) {
      found.push({
        code: 'sameRun',
        message: `${name} is the same run as ${base.name}.`,
        remedy: 'Name two runs, or play two sides with --interleave.',
      });
    }
  }
  const { noise = [], isInterleaved } = options;
  if (isInterleaved !== true && noise.length < leastNoiseRuns) {
    const have =
      noise.length === 0 ? 'There is no stored A/A set' : `The A/A set holds ${noise.length} runs, three are the least`;
    found.push({
      code: 'noBaselineNoise',
      message: `${have}: only what lies a factor of 1.5 beyond the intervals is told.`,
      remedy:
        'Play both alternately with --interleave 8, or give --baseline-noise a folder of at least three runs of the same.',
    });
  }
  return found;
}
