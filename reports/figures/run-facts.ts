/** What became of all operations of a run, and what its trials are worth, in two short sentences. */
import { instrumentError } from '../../result/instrument-error.ts';
import { percentileNames, quantileOf } from '../../result/latency-summary.ts';
import { isStateUnknown } from '../../result/memory-loss.ts';
import type { LedgerResult, RunResult, TrialResult } from '../../result/result-types.ts';
import { formatCount, formatUs } from '../text/format-values.ts';
import { latencyOf } from './answer-figures.ts';
import { validText } from './result-view.ts';

/** Empty without trials. */
export function runFacts(result: RunResult): string {
  return result.trials.length === 0 ? '' : `${ledgerText(result.trials)} ${trialsText(result)}`;
}

const harms = {
  lost: 'lost',
  duplicatesApplied: 'done twice',
  reordered: 'reordered',
  corrupted: 'corrupted',
  deadLettered: 'dead-lettered',
  refusedUnheard: 'refused unheard',
  pendingInBroker: 'still in the broker',
  admittedUnauthorised: 'admitted without the right',
} as const satisfies Partial<Record<keyof LedgerResult, string>>;
const alwaysSaid: readonly string[] = ['lost', 'duplicatesApplied'];

/** `Lost 0, done twice 0, state lost 0 of 16,200.` Losses of trials that cannot be trusted for time are losses all the same. */
function ledgerText(trials: readonly TrialResult[]): string {
  const known = trials.filter(({ ledger }) => ledger.lost !== null && ledger.acknowledged !== null);
  if (known.length === 0) return 'Nobody kept a ledger, so nothing is known of lost operations.';
  const sum = (of: (ledger: LedgerResult) => number | null | undefined) =>
    known.reduce((total, { ledger }) => total + (of(ledger) ?? 0), 0);
  const counts = Object.entries(harms).flatMap(([entry, word]) => {
    const count = sum((ledger) => ledger[entry as keyof typeof harms]);
    return count > 0 || alwaysSaid.includes(entry) ? [`${word} ${formatCount(count)}`] : [];
  });
  const state = stateText(known);
  const whole = `of ${formatCount(sum(({ acknowledged }) => acknowledged))} acknowledged`;
  const unknown = trials.length - known.length;
  const text = `${[...counts, ...(state === null ? [] : [state])].join(', ')} ${whole}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${unknown === 0 ? '' : ` (no ledger in ${unknown} of ${trials.length} trials)`}.`;
}

/** null: it was not looked for, and no service was killed. */
function stateText(trials: readonly TrialResult[]): string | null {
  if (trials.some(isStateUnknown)) return 'state lost not known';
  const known = trials.flatMap(({ ledger }) => ledger.stateLost ?? []);
  return known.length === 0 ? null : `state lost ${formatCount(known.reduce((sum, count) => sum + count, 0))}`;
}

/** `30 of 30 trials valid here (± 0.2 ms; harness 41 % of the CPU).` The worst error and the largest share of any of them. */
function trialsText({ trials, plan }: RunResult): string {
  const valid = trials.filter(({ verdict }) => verdict.status === 'valid');
  const of = valid.length > 0 ? valid : trials;
  const percentile = percentileNames.find((name) => name === latencyOf(plan.primary?.metric ?? '').percentile);
  const errors = of.flatMap(
    ({ verdict }) => instrumentError(verdict.figures?.canary, quantileOf(percentile ?? 'p50'))?.us ?? [],
  );
  const shares = of.flatMap(({ cpu }) => cpu.harnessShare ?? []);
  const aside = [
    ...(errors.length === 0 ? [] : [`± ${formatUs(Math.max(...errors))} at most`]),
    ...(shares.length === 0 ? [] : [`harness ${shareText(shares)} of the CPU`]),
  ];
  const counted = `${valid.length} of ${trials.length} ${trials.length === 1 ? 'trial' : 'trials'} ${validText(of)}`;
  return `${counted}${aside.length === 0 ? '' : ` (${aside.join('; ')})`}.`;
}

function shareText(shares: readonly number[]): string {
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map((share) => Math.round(share * 100));
  return least === most ? `${most} %` : `${least}–${most} %`;
}
