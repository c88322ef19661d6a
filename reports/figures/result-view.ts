/** What all reports show, taken from the result once: which trials stand beside each other, and in which groups. */

import type { InstrumentError } from '../../result/instrument-error.ts';
import { decodeLatencyCounts } from '../../result/latency-counts.ts';
import { figureError } from '../../result/latency-figure.ts';
import { type PercentileName, quantileOf } from '../../result/latency-summary.ts';
import { ownValue } from '../../result/own-value.ts';
import { isHandedOver, type LaterTime, laterTimes, patterns } from '../../result/patterns.ts';
import type {
  Counts,
  LatencyName,
  OperationResult,
  Pattern,
  PhaseName,
  PolicyResult,
  RunResult,
  SatOutResult,
  TrialResult,
  Verdict,
} from '../../result/result-types.ts';
import { settingsText } from '../../result/settings-text.ts';
import { formatPercentile, formatRange, formatShare, formatUs, type Percentile } from '../text/format-values.ts';
import { unresolvedText } from './clock-resolution.ts';

const nativeEngine = 'native';
export const measured = ['steady', 'before', 'during', 'after'] as const satisfies readonly PhaseName[];

/** One target with one assignment of the swept settings, in all its repeats. */
export interface Contender {
  readonly label: string;
  readonly target: string;
  readonly trials: readonly TrialResult[];
  /** The repeats whose figures count: the valid ones while there is one, else the suspect ones, else all. */
  readonly counted: readonly TrialResult[];
  readonly status: Verdict['status'];
}

export interface ConditionGroup {
  readonly condition: string;
  /** Measured ones, in the order of time. */
  readonly phases: readonly PhaseName[];
  /** Native engine only, in the order of the plan. */
  readonly contenders: readonly Contender[];
  /** Planned targets that do not play it. */
  readonly satOut: readonly SatOutResult[];
  /** Of the whole run: what is usual without faults is told by other groups. */
  readonly ofRun: readonly TrialResult[];
}

/** Closed-loop tools are cross-checks and stand in a table of their own. */
export function isNative({ engine }: TrialResult): boolean {
  return engine === nativeEngine;
}

export function engineTrials(result: RunResult): TrialResult[] {
  return result.trials.filter((trial) => !isNative(trial));
}

export function measuredPhases(trials: readonly TrialResult[]): PhaseName[] {
  return measured.filter((name) => trials.some(({ phases }) => (phases[name]?.counts.offered ?? 0) > 0));
}

export function conditionGroups(result: RunResult): ConditionGroup[] {
  const planned = Object.keys(result.plan.conditions);
  const found = result.trials.map(({ condition }) => condition);
  const order = plannedTargets(result);
  return [...new Set([...planned, ...found])].flatMap((condition) => {
    const trials = result.trials.filter((trial) => trial.condition === condition && isNative(trial));
    if (trials.length === 0) return [];
    const byTarget = (a: Contender, b: Contender) => order.indexOf(a.target) - order.indexOf(b.target);
    // Variants by their values, not by when chance had them run.
    const contenders = contendersOf(trials).sort((a, b) => byTarget(a, b) || compareLabels(a.label, b.label));
    const satOut = (result.satOut ?? []).filter((one) => one.condition === condition);
    return [{ condition, phases: measuredPhases(trials), contenders, satOut, ofRun: result.trials }];
  });
}

const { compare: compareLabels } = new Intl.Collator('en', { numeric: true });

/** In the order of the scenario, those that never ran included. */
export function plannedTargets(result: RunResult): string[] {
  const { targets } = result.plan as { readonly targets?: Readonly<Record<string, unknown>> };
  return [...new Set([...Object.keys(targets ?? {}), ...result.trials.map(({ target }) => target)])];
}

function contendersOf(trials: readonly TrialResult[]): Contender[] {
  const byLabel = new Map<string, TrialResult[]>();
  for (const trial of trials) {
    const settings = settingsText(trial.variant);
    const label = settings === '' ? trial.target : `${trial.target} (${settings})`;
    byLabel.set(label, [...(byLabel.get(label) ?? []), trial]);
  }
  return [...byLabel].map(([label, unsorted]) => {
    const all = unsorted.sort((a, b) => a.repeat - b.repeat);
    const status = (['valid', 'suspect'] as const).find((one) => all.some(({ verdict }) => verdict.status === one));
    const counted = all.filter(({ verdict }) => verdict.status === status);
    return {
      label,
      target: all[0]?.target ?? label,
      trials: all,
      counted: counted.length > 0 ? counted : all,
      status: status ?? 'invalid',
    };
  });
}

export interface GroupOperation {
  readonly name: string;
  readonly pattern: Pattern;
}

/** Hand-overs first: they are what all protocols do alike. */
export function operationsOf({ contenders, phases }: ConditionGroup): GroupOperation[] {
  const found = new Map<string, Pattern>();
  for (const trial of contenders.flatMap(({ trials }) => trials)) {
    for (const phase of phases) {
      for (const [name, { pattern }] of Object.entries(trial.phases[phase]?.operations ?? {})) found.set(name, pattern);
    }
  }
  const all = [...found].map(([name, pattern]) => ({ name, pattern }));
  return [
    ...all.filter(({ pattern }) => isHandedOver(pattern)),
    ...all.filter(({ pattern }) => !isHandedOver(pattern)),
  ];
}

const noCounts: Counts = { offered: 0, ok: 0, rejected: 0, failed: 0, timedOut: 0, dropped: 0, attempts: 0 };

export function sumCounts(all: readonly Counts[]): Counts {
  return all.reduce(
    (sum, counts) => ({
      offered: sum.offered + counts.offered,
      ok: sum.ok + counts.ok,
      rejected: sum.rejected + counts.rejected,
      failed: sum.failed + counts.failed,
      timedOut: sum.timedOut + counts.timedOut,
      dropped: sum.dropped + counts.dropped,
      attempts: sum.attempts + counts.attempts,
      resent: (sum.resent ?? 0) + (counts.resent ?? 0),
    }),
    noCounts,
  );
}

/** Over the measured phases: of one operation, or of all. */
export function totalCounts(trials: readonly TrialResult[], operation?: string): Counts {
  const parts = trials.flatMap(({ phases }) => measured.flatMap((name) => phases[name] ?? []));
  return sumCounts(
    parts.flatMap((phase) =>
      operation === undefined ? phase.counts : (ownValue(phase.operations, operation)?.counts ?? []),
    ),
  );
}

export type PolicyTotals = Omit<PolicyResult, 'fallbackUs' | 'fallbackAgeUs' | 'unanswered'>;

export function totalPolicies(
  trials: readonly TrialResult[],
  phasesCounted: readonly PhaseName[] = measured,
): PolicyTotals {
  let [refused, retriesDenied, unsent, fallbacks] = [0, 0, 0, 0];
  for (const { phases } of trials) {
    for (const name of phasesCounted) {
      refused += phases[name]?.policies?.refused ?? 0;
      retriesDenied += phases[name]?.policies?.retriesDenied ?? 0;
      unsent += phases[name]?.policies?.unsent ?? 0;
      fallbacks += phases[name]?.policies?.fallbacks ?? 0;
    }
  }
  return { refused, retriesDenied, unsent, fallbacks };
}

export interface Figure {
  readonly text: string;
  /** null: there is none; the text says why. */
  readonly us: number | null;
  /** Over repeats, of the known ones; equal to `us` with one repeat. */
  readonly lowUs: number | null;
  readonly highUs: number | null;
  /** The instrument's own, of the trial that has `us`; null: not known. */
  readonly error: InstrumentError | null;
}

/**
 * One figure of an operation in a phase. Over repeats it is the middle one (of an even number the worse of the two) with
 * its range: percentiles are never averaged. A repeat in which it was not reached is the worst.
 */
export function figureOf(
  trials: readonly TrialResult[],
  phase: PhaseName,
  operation: string,
  latency: LatencyName,
  percentile: Percentile,
): Figure {
  const found = trials.map((trial) => {
    const part = ownValue(trial.phases[phase]?.operations, operation);
    const unresolved = unresolvedText(trial, latency, part?.latencyUs[latency]);
    if (unresolved !== null) return { us: null, text: unresolved, error: null };
    const us = part?.latencyUs[latency]?.[percentile] ?? null;
    const text = part === undefined ? '–' : percentileText(trial, phase, part, latency, percentile);
    return { us, text, error: us === null ? null : errorOf(trial, latency, percentile) };
  });
  const stated = found.filter(({ us, text }) => us !== null || text.startsWith('not reached'));
  const sorted = stated.sort((a, b) => (a.us ?? Number.POSITIVE_INFINITY) - (b.us ?? Number.POSITIVE_INFINITY));
  const middle = sorted[Math.floor(sorted.length / 2)] ?? found[0];
  const lowUs = sorted[0]?.us ?? null;
  const known = sorted.flatMap(({ us }) => us ?? []);
  const highUs = known.at(-1) ?? null;
  if (middle === undefined) return { text: '–', us: null, lowUs, highUs, error: null };
  if (sorted.length < 2) return { ...middle, lowUs, highUs };
  const unreached = sorted.length - known.length;
  if (middle.us === null)
    return { text: `not reached in ${unreached} of ${sorted.length} repeats`, us: null, lowUs, highUs, error: null };
  const range =
    unreached > 0 || highUs === null
      ? `${formatUs(lowUs ?? 0)} – not reached`
      : formatRange(lowUs ?? middle.us, highUs);
  const text = `${formatUs(middle.us)} (${range})`;
  return { ...middle, text, lowUs, highUs: unreached > 0 ? null : highUs };
}

function errorOf(trial: TrialResult, latency: LatencyName, percentile: Percentile): InstrumentError | null {
  const place = { min: 0, mean: 0.5, max: 1 }[percentile as 'min' | 'mean' | 'max'];
  return figureError(trial, latency, place ?? quantileOf(percentile as PercentileName));
}

/** The figure beside how far the instrument may be off: `1.24 ms ± 60 µs`. `≥`: the canaries were too few for this percentile. */
export function textWithError({ text, error }: Figure, percentile: PercentileName): string {
  if (error === null) return text;
  return `${text} ±${error.quantile < quantileOf(percentile) ? '≥' : ''} ${formatUs(error.us)}`;
}

function percentileText(
  trial: TrialResult,
  phase: PhaseName,
  operation: OperationResult,
  latency: LatencyName,
  percentile: Percentile,
): string {
  const { counts, latencyUs } = operation;
  const time = laterTimes.find((name) => name === latency);
  if (time === undefined) return formatPercentile(latencyUs[latency], percentile, counts);
  const text = formatPercentile(latencyUs[time], percentile);
  const share = text === 'not reached' ? missingShare(trial, phase, operation, time) : null;
  return share === null ? text : `${text} (${share} ${time === 'delivered' ? 'undelivered' : `not ${time}`})`;
}

/** Known where the phase has one operation that is judged by it: then the phase's histogram is that operation's. */
function missingShare(
  trial: TrialResult,
  phase: PhaseName,
  operation: OperationResult,
  time: LaterTime,
): string | null {
  const judged = Object.values(trial.phases[phase]?.operations ?? {}).filter(({ pattern }) =>
    patterns[pattern].judgedBy.includes(time),
  );
  const [only] = judged;
  if (only !== operation || judged.length > 1) return null;
  const { count: offered, min } = only.latencyUs[time] ?? { count: 0 };
  const encoded = trial.histograms[phase]?.[time];
  if (encoded === undefined && min !== null) return null; // some came so far, but their histogram is not here
  const came = encoded === undefined ? 0 : decodeLatencyCounts(encoded).count;
  return came >= offered ? null : formatShare(offered - came, offered);
}

/** `valid` for what holds of the system, `valid here` for what holds of these parts on the cores that they share. */
export function validText(trials: readonly TrialResult[]): string {
  return trials.some(({ verdict }) => verdict.sharesCores === true) ? 'valid here' : 'valid';
}

/** `2 of 3 valid here`, `suspect: resolution`. */
export function verdictText({ trials, status }: Contender): string {
  const valid = trials.filter(({ verdict }) => verdict.status === 'valid').length;
  const validity = validText(trials);
  if (valid === trials.length) return validity;
  const codes = new Set(trials.flatMap(({ verdict }) => verdict.reasons.map(({ code }) => code)));
  const why = codes.size > 0 ? `: ${[...codes].join(', ')}` : '';
  return valid > 0 ? `${valid} of ${trials.length} ${validity}${why}` : `${status}${why}`;
}
