/** What the faults of a condition did, one plain sentence a finding: data first, then who kept working and came back. */
import { amplificationOf } from '../../result/amplification.ts';
import { knownSum } from '../../result/known-sum.ts';
import { isKill, isStateUnknown } from '../../result/memory-loss.ts';
import type { Counts, FaultResult, LedgerResult } from '../../result/result-types.ts';
import { atMostShare } from '../../result/statistics/statistics-order.ts';
import { backlogFindings } from '../figures/backlog-text.ts';
import { recoveryFindings } from '../figures/recovery-text.ts';
import { type ConditionGroup, type Contender, sumCounts, totalPolicies } from '../figures/result-view.ts';
import { paymentFindings } from '../tables/payments-table.ts';
import { formatCount, formatFactor, formatShare } from '../text/format-values.ts';

/** Empty for a condition without faults. Failing trials and doubtful ones count alike: what was lost is lost. */
export function findingsOf({ contenders, condition, ofRun }: ConditionGroup): string[] {
  const faulted = contenders.filter(({ trials }) => trials.some(({ faults }) => faults.length > 0));
  if (faulted.length === 0) return [];
  const when = circumstance(
    faulted.flatMap(({ trials }) => trials.flatMap(({ faults }) => faults)),
    condition,
  );
  return [
    ...faulted.flatMap((contender) => damages(contender, when)),
    ...faulted.flatMap(pending),
    ...faulted.flatMap((contender) => refusals(contender)),
    ...faulted.flatMap(paymentFindings),
    ...unharmed(faulted),
    ...availability(faulted),
    ...recoveryFindings(faulted, ofRun),
    ...backlogFindings(faulted),
    ...retries(faulted),
  ];
}

/**
 * What became of the data, in one sentence: `lost: a 7 of 6,444; repeated effects: b 3 among 917; unharmed: c and d`. null
 * for a condition without faults, or where nobody kept a ledger.
 */
export function harmOf({ contenders }: ConditionGroup): string | null {
  const faulted = contenders.filter(({ trials }) => trials.some(({ faults }) => faults.length > 0));
  const known = faulted.filter((contender) => allKinds.every((kind) => sum(contender, kind) !== null));
  if (known.length === 0) return null;
  const harms = allKinds.flatMap((kind) => {
    const harmed = known.filter((contender) => (sum(contender, kind) ?? 0) > 0);
    const among = kind === 'duplicatesApplied' ? 'among' : 'of';
    const texts = harmed.map(
      (one) => `${one.label} ${formatCount(sum(one, kind) ?? 0)} ${among} ${wholeOf(one, kind)}`,
    );
    return texts.length === 0 ? [] : [`${kinds[kind]}: ${texts.join(', ')}`];
  });
  const named = (word: string, contenders: readonly Contender[]) =>
    contenders.length === 0 ? [] : [`${word}: ${unharmedText(labelsOf(contenders), known.length)}`];
  const clean = known.filter(hasCleanLedger);
  const aside = (['refusedUnheard', 'deadLettered'] as const).flatMap((entry) => {
    const texts = known
      .filter((one) => refusedOf(one, entry) > 0)
      .map((one) => `${one.label} ${formatCount(refusedOf(one, entry))}`);
    const word = entry === 'deadLettered' ? 'dead letters' : 'refused and dropped';
    return texts.length === 0 ? [] : [`${word}: ${texts.join(', ')}`];
  });
  const flows = flowHarms.flatMap((kind) => {
    const harmed = known.filter((contender) => flowHarmOf(contender, kind) > 0);
    const texts = harmed.map((one) => `${one.label} ${formatCount(flowHarmOf(one, kind))}`);
    return texts.length === 0 ? [] : [`flows ${kind}: ${texts.join(', ')}`];
  });
  return [
    ...harms,
    ...flows,
    ...aside,
    ...named(
      'unharmed',
      clean.filter((contender) => !isOfUnknownState(contender)),
    ),
    ...named('all applied once, but what the killed service kept of it is not known', clean.filter(isOfUnknownState)),
  ].join('; ');
}

/** A sweep has more of them than anybody wants to read twice. */
function unharmedText(labels: readonly string[], known: number): string {
  return labels.length === known && labels.length > mostNamed ? `all ${labels.length}` : listed(labels);
}

/** Losses are among the acknowledged, the other kinds among the applied. */
function wholeOf(contender: Contender, kind: Kind): string {
  const wholes = { lost: 'acknowledged', stateLost: 'acknowledged', acceptedOnlyGone: 'acceptedOnly' } as const;
  return formatCount(sum(contender, kind in wholes ? wholes[kind as keyof typeof wholes] : 'applied') ?? 0);
}

function circumstance(faults: readonly FaultResult[], condition: string): string {
  const texts = new Set(faults.map((fault) => fault.circumstance ?? null));
  const [only = null] = texts;
  return texts.size === 1 && only !== null ? only : `under ${condition}`;
}

const kinds = {
  lost: 'lost',
  stateLost: 'state lost',
  acceptedOnlyGone: 'gone, never acknowledged',
  duplicatesApplied: 'repeated effects',
  corrupted: 'corrupted',
  reordered: 'applied out of order',
} as const satisfies Partial<Record<keyof LedgerResult, string>>;
type Kind = keyof typeof kinds;
/** In sentences, where the name of the kind is none. */
const became: Readonly<Partial<Record<Kind, string>>> = {
  acceptedOnlyGone: 'gone',
  stateLost: 'applied, and then gone from the service’s state',
};
const mostNamed = 6;
const allKinds = Object.keys(kinds) as Kind[];

function damages(contender: Contender, when: string): string[] {
  return allKinds.flatMap((kind) => {
    const count = sum(contender, kind);
    if (count === null || count === 0) return [];
    const whole = `${wholeOf(contender, kind)} ${amongWhich(kind)}`;
    // An operation may take effect more often than twice, so there may be more of these than operations.
    const what =
      kind === 'duplicatesApplied'
        ? `${formatCount(count)} repeated effects among ${whole}`
        : `${formatCount(count)} of ${whole} ${became[kind] ?? kinds[kind]}`;
    return [`${contender.label}: ${what} ${when}${firstOf(contender, kind)}.`];
  });
}

function amongWhich(kind: Kind): string {
  if (kind === 'acceptedOnlyGone') return 'operations that nobody but the client’s own socket had accepted';
  return kind === 'lost' || kind === 'stateLost' ? 'acknowledged operations' : 'applied operations';
}

function firstOf({ trials }: Contender, kind: Kind): string {
  const first = trials.flatMap(({ ledgerExamples }) => ledgerExamples?.[kind] ?? [])[0];
  return first === undefined ? '' : ` (first: ${first.id}${first.when === null ? '' : `, sent ${first.when}`})`;
}

/** What still waits in a broker is neither lost nor applied yet: nobody knows how it ends. */
function hasCleanLedger(contender: Contender): boolean {
  return (
    allKinds.every((kind) => sum(contender, kind) === 0) &&
    flowHarms.every((kind) => flowHarmOf(contender, kind) === 0) &&
    pendingOf(contender) === 0 &&
    refusedOf(contender, 'refusedUnheard') === 0 &&
    refusedOf(contender, 'deadLettered') === 0
  );
}

const flowHarms = ['stuck', 'open', 'inconsistent', 'phantom'] as const;

/** 0 also without flows. */
function flowHarmOf({ trials }: Contender, kind: (typeof flowHarms)[number]): number {
  return trials.reduce((total, { flows }) => total + (flows?.[kind] ?? 0), 0);
}

function isOfUnknownState({ trials }: Contender): boolean {
  return trials.some(isStateUnknown);
}

function labelsOf(contenders: readonly Contender[]): string[] {
  return contenders.map(({ label }) => label);
}

function pendingOf({ trials }: Contender): number {
  return trials.reduce((total, { ledger }) => total + (ledger.pendingInBroker ?? 0), 0);
}

function pending(contender: Contender): string[] {
  const count = pendingOf(contender);
  return count === 0
    ? []
    : [`${contender.label}: ${formatCount(count)} operations still waited in the broker when the drain was given up.`];
}

function refusedOf({ trials }: Contender, entry: 'refusedUnheard' | 'deadLettered'): number {
  return trials.reduce((total, { ledger }) => total + (ledger[entry] ?? 0), 0);
}

/** What the service has refused is not lost: its target says where such messages go. */
function refusals(contender: Contender): string[] {
  const [dropped, aside] = [refusedOf(contender, 'refusedUnheard'), refusedOf(contender, 'deadLettered')];
  return [
    ...(dropped === 0
      ? []
      : [
          `${contender.label}: ${formatCount(dropped)} acknowledged operations refused by the service and dropped (onRefusal: drop); nobody was told.`,
        ]),
    ...(aside === 0
      ? []
      : [
          `${contender.label}: ${formatCount(aside)} acknowledged operations refused by the service wait as dead letters.`,
        ]),
  ];
}

function unharmed(contenders: readonly Contender[]): string[] {
  const clean = contenders.filter(hasCleanLedger);
  const bound = killBound(clean);
  const kept = labelsOf(clean.filter((contender) => !isOfUnknownState(contender)));
  const killed = labelsOf(clean.filter(isOfUnknownState));
  return [
    ...(kept.length === 0
      ? []
      : [
          `${listed(kept)}: no acknowledged operation lost, none took effect twice, none corrupted or out of order${bound}.`,
        ]),
    ...(killed.length === 0
      ? []
      : [
          `${listed(killed)}: every acknowledged operation was applied, none twice, none corrupted or out of order${bound}. What the killed service has kept of it nobody has measured.`,
        ]),
  ];
}

/** One kill is one observation, however many operations it struck: ` (none in 3 kills: at most 63 % of kills, 95 %)`. */
function killBound(contenders: readonly Contender[]): string {
  const kills = contenders.map(({ trials }) =>
    trials.reduce((sum, { faults }) => sum + faults.filter(isKill).length, 0),
  );
  const fewest = Math.min(...kills);
  if (contenders.length === 0 || fewest === 0) return '';
  const each = contenders.length > 1 ? ' each' : '';
  const share = Math.round(atMostShare(fewest) * 100);
  return ` (none in ${formatCount(fewest)} ${fewest === 1 ? 'kill' : 'kills'}${each}: at most ${share} % of kills, 95 %)`;
}

/** Over all trials; null: not known of all of them. */
function sum({ trials }: Contender, entry: keyof LedgerResult): number | null {
  const isNewer = entry === 'acceptedOnlyGone' || entry === 'stateLost'; // than the others
  return knownSum(trials.map(({ ledger }) => (isNewer ? (ledger[entry] ?? 0) : ledger[entry])));
}

function availability(contenders: readonly Contender[]): string[] {
  const during = contenders.flatMap((contender) => {
    const { offered, ok } = countsDuring(contender);
    const isFlow = contender.trials.some(({ flows }) => flows !== undefined);
    return offered === 0 ? [] : [{ label: contender.label, offered, ok, isFlow }];
  });
  const failing = during.filter(({ offered, ok }) => ok < offered);
  const allOk = during.filter(({ offered, ok }) => ok === offered);
  const sturdy = allOk.filter(({ isFlow }) => !isFlow).map(({ label }) => label);
  // What became of them behind the entry is told with the flows.
  const begun = allOk.filter(({ isFlow }) => isFlow).map(({ label }) => label);
  const shares = failing.map(({ label, offered, ok }) => `${label} ${formatShare(offered - ok, offered)}`);
  return [
    ...(shares.length === 0 ? [] : [`Not ok of what was offered during the faults: ${shares.join(', ')}.`]),
    ...(sturdy.length === 0 ? [] : [`Every operation offered during the faults was ok in the end: ${listed(sturdy)}.`]),
    ...(begun.length === 0 ? [] : [`The entry took every flow offered during the faults: ${listed(begun)}.`]),
  ];
}

function countsDuring({ trials }: Contender): Counts {
  return sumCounts(trials.flatMap(({ phases }) => phases.during?.counts ?? []));
}

const notableAmplification = 1.05;

function retries(contenders: readonly Contender[]): string[] {
  const texts = contenders.flatMap((contender) => {
    const factor = amplificationOf(countsDuring(contender), totalPolicies(contender.trials, ['during']));
    return factor === null || factor < notableAmplification ? [] : [`${contender.label} ${formatFactor(factor)}`];
  });
  return texts.length === 0 ? [] : [`Attempts for each operation during the faults: ${texts.join(', ')}.`];
}

function listed(labels: readonly string[]): string {
  return labels.length < 2 ? labels.join('') : `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`;
}
