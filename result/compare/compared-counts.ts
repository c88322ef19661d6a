/** Ledger, outcomes and what else is held against a system of two runs beside each other, as counts. */

import { knownSum } from '../known-sum.ts';
import { phaseNames, type TrialResult } from '../result-types.ts';
import { type TrialFigure, trialFigures } from '../trial-figure.ts';
import { type CompareOptions, counted, methodOf, type NamedRun, sidesOf } from './compared-sides.ts';
import type { ComparisonCount } from './comparison-result.ts';
import { cellOf } from './run-differences.ts';

const countedLedger = [
  ...([
    'lost',
    'stateLost',
    'unacknowledgedButApplied',
    'duplicatesReceived',
    'duplicatesApplied',
    'reordered',
    'corrupted',
  ] as const),
] as const;
/** What is held against a system beside its ledger. */
const countedFigures = [
  ...(['missed', 'twice', 'outOfOrder', 'outputMissing', 'outputTwice', 'outputUncommitted', 'overcharged'] as const),
  ...(['retiredCalls', 'goodLost', 'statesDiffer', 'readsRefused', 'staleReads', 'staleIllegal'] as const),
] satisfies readonly TrialFigure[];
const countedOutcomes = ['rejected', 'failed', 'timedOut', 'dropped'] as const;

export function comparedCounts(
  { result: one }: NamedRun,
  { name: side, result: two }: NamedRun,
  options: CompareOptions,
): ComparisonCount[] {
  const cells = new Map(counted(one).map((trial) => [cellOf(trial), trial]));
  return [...cells].flatMap(([cell, { target, variant, condition }]) => {
    const [base, other] = sidesOf(cell, one, two, methodOf(options));
    if (base.length === 0 || other.length === 0) return [];
    const common = { side, target, variant, condition, baseTrials: base.length, otherTrials: other.length };
    const counts = [
      ...countedLedger.map((what) => ({ what, of: ({ ledger }: TrialResult) => ledger[what] ?? null })),
      ...countedFigures.map((what) => ({ what, of: trialFigures[what] })),
      ...countedOutcomes.map((what) => ({ what, of: (trial: TrialResult) => outcomes(trial, what) })),
    ];
    return counts.flatMap(({ what, of }) => {
      const [a, b] = [knownSum(base.map(of)), knownSum(other.map(of))];
      return (a ?? 0) === 0 && (b ?? 0) === 0 && a === b ? [] : [{ ...common, what, base: a, other: b }];
    });
  });
}

function outcomes({ phases }: TrialResult, what: (typeof countedOutcomes)[number]): number {
  const played = phaseNames.filter((name) => name !== 'warmup' && name !== 'drain');
  return played.reduce((total, name) => total + (phases[name]?.counts[what] ?? 0), 0);
}
