/** What the figures of a coupling come to: who outlasts an outage, what handing over saves, what a slow way costs. */

import { doneWithinMs, lengthMs, outagesOf, type Struck, struckIn } from '../../result/outages.ts';
import type { FaultResult, RunResult, TrialResult } from '../../result/result-types.ts';
import { holdTogether, type PairedRatio, pairedRatio } from '../../result/statistics/statistics.ts';
import {
  atMostShare,
  factorBeyondDoubt,
  isDifference,
  leastRepeats,
  middleOf,
} from '../../result/statistics/statistics-order.ts';
import { type Coupling, type CouplingRow, couplingOf } from '../figures/coupling.ts';
import type { Spread } from '../figures/spread.ts';
import { formatCount, formatDuration, formatRange, formatShare, formatUs } from '../text/format-values.ts';

/** The answer first; empty where the result shows no coupling, or nothing of it yet. */
export function couplingSentences(result: RunResult): string[] {
  const coupling = couplingOf(result);
  if (coupling === null) return [];
  const withstood = withstoodSentence(coupling);
  return [
    ...(withstood === null ? [] : [withstood]),
    ...savingSentences(coupling),
    ...coupling.disturbed.flatMap((condition) => slowedSentence(coupling, condition)),
  ];
}

interface Outcome {
  readonly row: CouplingRow;
  readonly struck: Struck;
  readonly trials: readonly TrialResult[];
}

/** Of one way, those that were struck at all. */
function outcomesOf({ rows, away }: Coupling, isHandOver: boolean): Outcome[] {
  return rows
    .filter((row) => row.isHandOver === isHandOver)
    .flatMap((row) => {
      const trials = row.contenders.get(away)?.trials ?? [];
      const struck = struckIn(trials, row.operation);
      return outagesOf(trials).length === 0 || struck.offered === 0 ? [] : [{ row, struck, trials }];
    });
}

/** Took all, did all, and lost none of anything. */
function withstood({ struck, trials }: Outcome): boolean {
  return (
    struck.ok === struck.offered &&
    struck.done === struck.offered &&
    trials.every(({ ledger }) => ledger.lost === 0 && (ledger.stateLost ?? 0) === 0)
  );
}

function withstoodSentence(coupling: Coupling): string | null {
  const calls = outcomesOf(coupling, false);
  const handOvers = outcomesOf(coupling, true);
  const failing = calls.filter(({ struck }) => struck.ok < struck.offered);
  if (handOvers.length === 0 || failing.length === 0) return null;
  const sturdy = handOvers.filter(withstood);
  const outages = outagesOf(sturdy.flatMap(({ trials }) => trials));
  const who = awayText(outagesOf(handOvers.flatMap(({ trials }) => trials)));
  if (sturdy.length === 0) {
    const texts = handOvers.map((one) => `${one.row.label} ${failedText(one.struck)}`);
    return `No hand-over came through whole while ${who} was away; failed: ${texts.join(', ')} (calls ${rangeOfFailed(calls)}).`;
  }
  const taken = sturdy.reduce((sum, { struck }) => sum + struck.offered, 0);
  const within = sturdy.map(({ trials, row }) => doneWithinMs(trials, row.operation));
  const latest = within.every((ms) => ms !== null) ? Math.max(...within.map(Number)) : null;
  const done =
    latest === null ? 'and did them all' : `and had them done within ${formatDuration(latest)} of its return`;
  const bound = `none failed in ${outages.length}: at most ${Math.round(atMostShare(outages.length) * 100)} % of outages, 95 %`;
  return (
    `Hand over to ${listed(labels(sturdy), 'or')} if ${who} may be away: in ${formatCount(outages.length)} ` +
    `${outages.length === 1 ? 'outage' : 'outages'}${lengthsText(outages)} ${sturdy.length === 1 ? 'it' : 'they'} took all ` +
    `${formatCount(taken)} operations ${done} (${bound}); a call fails ${rangeOfFailed(calls)}.`
  );
}

/** `the service`, `the network`. */
function awayText(outages: readonly FaultResult[]): string {
  const parts = new Set(outages.map(({ settings: { part } }) => (part === undefined ? 'network' : String(part))));
  return parts.size === 1 ? `the ${[...parts][0]}` : 'what it needs';
}

function lengthsText(outages: readonly FaultResult[]): string {
  const known = outages.flatMap((outage) => lengthMs(outage) ?? []);
  if (known.length < outages.length || known.length === 0) return '';
  const [least, most] = [formatDuration(Math.min(...known)), formatDuration(Math.max(...known))];
  return least === most ? ` of ${least}` : ` of ${least} to ${most}`;
}

function failedText({ offered, ok }: Struck): string {
  return formatShare(offered - ok, offered);
}

/** `97 %`, `37 % to 97 %`. */
function rangeOfFailed(outcomes: readonly Outcome[]): string {
  const sorted = outcomes
    .map(({ struck }) => ({ share: (struck.offered - struck.ok) / struck.offered, text: failedText(struck) }))
    .sort((a, b) => a.share - b.share);
  const [least, most] = [sorted[0]?.text ?? '–', sorted.at(-1)?.text ?? '–'];
  return least === most ? most : `${least} to ${most}`;
}

/** Of targets whose hand-over fails in the outage, too: what it is good for, then. */
function savingSentences(coupling: Coupling): string[] {
  const handOvers = outcomesOf(coupling, true);
  const failing = handOvers.filter(({ struck }) => struck.ok < struck.offered);
  const pairs = coupling.rows
    .filter(({ isHandOver }) => isHandOver)
    .flatMap((handOver) => {
      const call = coupling.rows.find((row) => !row.isHandOver && row.label === handOver.label);
      return call === undefined
        ? []
        : [{ label: handOver.label, from: handOver.freeAfter.usual, to: call.freeAfter.usual, handOver }];
    })
    .filter(({ handOver }) => isCounted(handOver, coupling.usual.condition));
  const told = toldApart(pairs).filter(({ to, from }) => middle(to) > middle(from));
  const isFailing = (label: string) => failing.some(({ row }) => row.label === label);
  const weak = told.filter(({ label }) => isFailing(label));
  const strong = told.filter(({ label }) => !isFailing(label));
  const saved = (pairs: typeof told) => rangeText(pairs.map(({ from, to }) => middle(to) - middle(from)));
  return [
    ...(weak.length === 0
      ? []
      : [
          `Handing over by ${listed(
            weak.map(({ label }) => label),
            'or',
          )} saves ${saved(weak)}, and ${rangeOfFailed(failing.filter(({ row }) => weak.some(({ label }) => label === row.label)))} of it failed while ${awayText(outagesOf(failing.flatMap(({ trials }) => trials)))} was away.`,
        ]),
    ...(strong.length === 0
      ? []
      : [
          `By ${listed(
            strong.map(({ label }) => label),
            'or',
          )} it saves ${saved(strong)}.`,
        ]),
  ];
}

/** What the faults of a condition add until the caller is free, within the same trials. */
function slowedSentence(coupling: Coupling, condition: string): string[] {
  const pairs = coupling.rows.flatMap((row) => {
    const found = row.freeAfter.disturbed.get(condition);
    return found === undefined || !isCounted(row, condition)
      ? []
      : [{ label: `${row.operation} ${row.label}`, from: found.before, to: found.during }];
  });
  const told = toldApart(pairs).map(({ label, from, to }) => ({ label, us: middle(to) - middle(from) }));
  if (told.length === 0) return [];
  const sorted = told.map(({ us }) => us).sort((a, b) => a - b);
  const usual = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const alike = told.filter(({ us }) => Math.abs(us - usual) <= Math.abs(usual) * alikeShare);
  const others = told.filter((one) => !alike.includes(one));
  const which =
    alike.length === pairs.length
      ? 'all'
      : alike.length === 1
        ? (alike[0]?.label ?? '')
        : `${alike.length} of ${pairs.length}`;
  const apart = others.slice(0, mostNamed).map(({ label, us }) => `${signed(us)} to ${label}`);
  const more = others.length > mostNamed ? [`other amounts to ${others.length - mostNamed} more`] : [];
  const untold = pairs.length - told.length;
  const rest = untold === 0 ? '' : `; ${untold} not told apart`;
  const cause = causeText(coupling, condition);
  return [
    `${cause} adds ${[`${rangeText(alike.map(({ us }) => us))} to ${which}`, ...apart, ...more].join(', ')}${rest}.`,
  ];
}

const alikeShare = 0.15;
const mostNamed = 3;

function signed(us: number): string {
  return us < 0 ? `−${formatUs(-us)}` : formatUs(us);
}

/** `20 ms more each way (slow-network)`; a condition that is no plain latency goes by its name. */
function causeText({ rows }: Coupling, condition: string): string {
  const faults = rows.flatMap(({ contenders }) =>
    (contenders.get(condition)?.trials ?? []).flatMap((trial) => trial.faults),
  );
  const texts = new Set(
    faults.map(({ settings: { latencyMs, direction } }) => {
      if (typeof latencyMs !== 'number') return null;
      const way = direction === 'both' ? 'each way' : direction === 'up' ? 'on the way there' : 'on the way back';
      return `${formatDuration(latencyMs)} more ${way}`;
    }),
  );
  const [only] = texts;
  return texts.size === 1 && only !== null && only !== undefined
    ? `${capital(only)} (${condition})`
    : capital(condition);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface Pair {
  readonly label: string;
  readonly from: Spread;
  readonly to: Spread;
}

/** Three repeats or more: paired, all that are told held together; one: intervals within the run that are far apart. */
function toldApart<One extends Pair>(pairs: readonly One[]): One[] {
  const ratios = pairs.map(({ from, to }) => pairedRatio(from.values, to.values));
  const isTested = (ratio: PairedRatio | null) => ratio !== null && ratio.pairs >= leastRepeats;
  const held = holdTogether(ratios.map((ratio) => (isTested(ratio) ? (ratio?.chance ?? 1) : 1)));
  return pairs.filter(({ from, to }, n) => {
    if (!Number.isFinite(middle(from)) || !Number.isFinite(middle(to))) return false;
    if (from.within !== null && to.within !== null) return isFarApart(from.within, to.within);
    const resolution = Math.max(from.resolutionUs ?? 0, to.resolutionUs ?? 0);
    return held[n]?.holds === true && isDifference(ratios[n] ?? null, from.values, to.values, resolution);
  });
}

function isFarApart(a: NonNullable<Spread['within']>, b: NonNullable<Spread['within']>): boolean {
  const [lower, higher] = a[0] <= b[0] ? [a, b] : [b, a];
  return lower[1] !== null && higher[0] >= lower[1] * factorBeyondDoubt;
}

function middle({ values }: Spread): number {
  return middleOf(values);
}

/** Times of trials that are not valid are shown, and nothing is concluded from them. */
function isCounted({ contenders }: CouplingRow, condition: string): boolean {
  return contenders.get(condition)?.status === 'valid';
}

function rangeText(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return formatUs(least) === formatUs(most) || least < 0 ? signed(most) : formatRange(least, most);
}

function labels(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(({ row }) => row.label);
}

function listed(all: readonly string[], word: 'or' | 'and'): string {
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} ${word} ${all.at(-1)}`;
}
