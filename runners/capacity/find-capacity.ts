/** One target under one condition: plays the trials of the search and says what the highest rate is, and why no more. */
import type { CapacityResult, TrialResult } from '../../result/result-types.ts';
import type { Threshold } from '../../result/threshold-grammar.ts';
import { evaluateThresholds } from '../../result/thresholds.ts';
import type { RateSearch } from '../../scenarios/scenario.ts';
import { limitOf } from './limit-of.ts';
import { searchCapacity } from './search-capacity.ts';

export interface CapacityQuestion {
  readonly target: string;
  readonly condition: string;
  readonly variant: TrialResult['variant'];
  readonly search: RateSearch;
  readonly cores: number;
  /** Plays a trial of its own at the rate. */
  readonly play: (ratePerSecond: number) => Promise<TrialResult>;
  /** The trial that confirmed: it is the one that counts. */
  readonly keep: (trial: TrialResult) => void;
  readonly goesOn: () => boolean;
}

export async function findCapacity(question: CapacityQuestion): Promise<CapacityResult> {
  const { target, condition, variant, search, cores, play, keep, goesOn } = question;
  const played: { readonly trial: TrialResult; readonly probe: CapacityResult['probes'][number] }[] = [];
  const found = await searchCapacity({
    ...search,
    goesOn,
    probe: async (ratePerSecond, purpose) => {
      const trial = await play(ratePerSecond);
      const missed = missedBy(trial, search.slo);
      played.push({ trial, probe: { trial: trial.id, ratePerSecond, purpose, missed } });
      if (missed.length === 0 && purpose === 'confirm') keep(trial);
      return missed.length === 0;
    },
  });
  const isKept = ({ probe }: (typeof played)[number]) => probe.missed.length === 0;
  const slowest = played.filter(isKept).sort((a, b) => a.probe.ratePerSecond - b.probe.ratePerSecond)[0]?.trial ?? null;
  const missed = played.findLast(
    ({ probe }) => probe.missed.length > 0 && probe.ratePerSecond === found.missedPerSecond,
  )?.trial;
  return {
    target,
    condition,
    ...(Object.keys(variant).length > 0 && { variant }),
    slo: search.slo.map(({ expression }) => expression),
    ...found,
    limit: missed === undefined ? null : limitOf(missed, slowest, cores),
    probes: played.map(({ probe }) => probe),
  };
}

/**
 * Objectives that did not hold or cannot be known, and what makes the trial invalid. What only makes it suspect does not
 * count against it: a disturbed machine and a late generator add to the response times, so a rate that was kept all the
 * same was kept.
 */
function missedBy(trial: TrialResult, slo: readonly Threshold[]): string[] {
  const objectives = evaluateThresholds(slo, [trial]).filter(({ status }) => status !== 'pass');
  const doubts = trial.verdict.status === 'invalid' ? trial.verdict.reasons.map(({ code }) => code) : [];
  return [...objectives.map(({ expression }) => expression), ...new Set(doubts)];
}
