/**
 * What outages do: one of them is one observation, however many operations it struck. None struck in a few says little, so
 * that it takes as many as make the share of outages that could be struck all the same (95 %) as small as asked for.
 */
import { isStateUnknown } from '../memory-loss.ts';
import { hasBroker, type TrialResult } from '../result-types.ts';
import type { Judgement } from '../schema/decision-schema.ts';
import { atMostShare } from '../statistics/statistics-order.ts';
import type { Candidate, PlayedTrial } from './candidates.ts';
import { judgement, placeOf } from './judgement.ts';
import { plannedAway } from './outage-parts.ts';
import { partsToSurvive, type Requirement, type Requirements } from './requirements.ts';

export function outagesNeeded(riskShare: number): number {
  return Math.ceil(Math.log(0.05) / Math.log1p(-riskShare) - 1e-9);
}

export function judgeSurvival(
  candidate: Candidate,
  requirement: Extract<Requirement, { kind: 'survive' }>,
  { failedShare, riskShare }: Requirements,
): Judgement {
  const { part } = requirement;
  // Of several things that are away at once nobody can tell which one it was.
  const struckBy = candidate.played.filter(({ away }) => away.length > 0 && away.every((one) => one === part));
  const outages = struckBy.flatMap(({ away }) => away).length;
  if (outages === 0) {
    return lacks(candidate, part)
      ? judgement(requirement, 'meets', 'lacksPart', { part })
      : judgement(requirement, 'notAsked', 'notPlayed', { part });
  }
  const failed = struckBy.map((one) => ({ one, ...failedIn(one.trial, candidate.operations) }));
  const worst = failed.reduce((most, next) => (shareOf(next) > shareOf(most) ? next : most));
  const hit = failed.filter((one) => shareOf(one) > failedShare);
  const known = {
    ...{ part, place: placeOf(worst.one, 'during', null) },
    ...{ count: worst.failed, of: worst.offered, outages, struck: hit.length },
  };
  if (hit.length > 0) return judgement(requirement, 'misses', null, known);
  return ofUnstruck(requirement, outages, riskShare, known);
}

function shareOf({ failed, offered }: { readonly failed: number; readonly offered: number }): number {
  return failed === 0 ? 0 : failed / offered;
}

/**
 * Those in flight when it began are struck, too, so that failures count from before to after; what the load itself never
 * sent is no failure of the target's.
 */
function failedIn({ phases }: TrialResult, operations: readonly string[]): { failed: number; offered: number } {
  let [failed, offered] = [0, 0];
  for (const name of ['before', 'during', 'after'] as const) {
    for (const operation of operations) {
      const counts = phases[name]?.operations[operation]?.counts;
      if (counts === undefined) continue;
      const notOk = counts.rejected + counts.failed + counts.timedOut;
      failed += notOk;
      offered += name === 'during' ? counts.offered : notOk;
    }
  }
  return { failed, offered };
}

/** What is not there cannot be away. */
function lacks({ protocol, target, played }: Candidate, part: string): boolean {
  const isFlow = played.some(({ trial }) => trial.flows !== undefined);
  if (part === 'broker' && !hasBroker(protocol) && !isFlow) return true;
  return played.some(({ run: { result } }) =>
    (result.satOut ?? []).some(
      (one) => one.target === target && plannedAway(result.plan.conditions).get(one.condition)?.includes(part) === true,
    ),
  );
}

function ofUnstruck(
  requirement: Requirement,
  outages: number,
  riskShare: number,
  known: Partial<Judgement>,
): Judgement {
  const needed = outagesNeeded(riskShare);
  const seen = { ...known, outages, struck: 0, atMostShare: atMostShare(outages) };
  return outages < needed
    ? judgement(requirement, 'cannotTell', 'tooFewOutages', { ...seen, needed })
    : judgement(requirement, 'meets', null, seen);
}

/**
 * Losses and order, by the ledger of whole trials: those in which nothing was away but what is to be survived, where that
 * is said, else all.
 */
export function judgeLedger(
  candidate: Candidate,
  requirement: Extract<Requirement, { kind: 'lose' | 'order' }>,
  requirements: Requirements,
): Judgement {
  const wanted = partsToSurvive(requirements);
  const played = candidate.played.filter(
    ({ away }) => wanted.length === 0 || away.every((part) => wanted.includes(part)),
  );
  const told = played.map((one) => ({
    one,
    what: requirement.kind === 'lose' ? lostIn(one.trial) : reorderedIn(one.trial),
  }));
  const seen = told.flatMap(({ one, what }) => (what !== null && sumOf(what) > 0 ? { one, what } : []));
  const [worst] = seen.sort((a, b) => sumOf(b.what) - sumOf(a.what));
  if (worst !== undefined) {
    const place = placeOf(worst.one, null, null);
    const known = { place, what: worst.what, count: sumOf(worst.what), of: worst.one.trial.ledger.acknowledged };
    return judgement(requirement, 'misses', null, known);
  }
  if (told.length > 0 && told.every(({ what }) => what === null)) return judgement(requirement, 'notAsked', 'noLedger');
  const unknown = told.find(({ what }) => what === null);
  if (unknown !== undefined)
    return judgement(requirement, 'cannotTell', 'notKnown', { place: placeOf(unknown.one, null, null) });
  return ofClean(candidate, requirement, { played, wanted, riskShare: requirements.riskShare });
}

/** What is away the least often decides. */
function ofClean(
  candidate: Candidate,
  requirement: Requirement,
  { played, wanted, riskShare }: { played: readonly PlayedTrial[]; wanted: readonly string[]; riskShare: number },
): Judgement {
  const all = played.flatMap(({ away }) => away);
  const parts = (wanted.length > 0 ? wanted : [...new Set(all)]).filter(
    (part) => all.includes(part) || !lacks(candidate, part),
  );
  const each = parts.map((part) => ({ part, outages: all.filter((one) => one === part).length }));
  const [least] = each.sort((a, b) => a.outages - b.outages);
  if (least === undefined) return judgement(requirement, 'notAsked', 'nothingAway');
  const { part } = least;
  const first = played.find(({ away }) => away.includes(part));
  if (first === undefined) return judgement(requirement, 'notAsked', 'notPlayed', { part });
  const known = { part, place: placeOf(first, null, null), count: 0, of: first.trial.ledger.acknowledged };
  return ofUnstruck(requirement, least.outages, riskShare, known);
}

type Counted = Readonly<Record<string, number>>;

function sumOf(what: Counted): number {
  return Object.values(what).reduce((sum, one) => sum + one, 0);
}

/** What was taken over and came to nothing, whatever the ledger calls it; null: not known. */
function lostIn(trial: TrialResult): Counted | null {
  const { lost, stateLost, acceptedOnlyGone, refusedUnheard } = trial.ledger;
  const { stuck, inconsistent } = trial.flows ?? {};
  const { missed } = trial.deliveries ?? {};
  const found = some({ lost, stateLost, acceptedOnlyGone, refusedUnheard, stuck, inconsistent, missed });
  if (lost === null) return sumOf(found) === 0 ? null : found;
  const isUnsure = isStateUnknown(trial) || (trial.ledger.unaccounted ?? 0) > 0;
  return sumOf(found) === 0 && isUnsure ? null : found;
}

/** null: not known, as where the clocks of two agents cannot tell. */
function reorderedIn({ ledger: { reordered, orderUndecided }, deliveries }: TrialResult): Counted | null {
  const found = some({ reordered, outOfOrder: deliveries?.outOfOrder });
  return sumOf(found) === 0 && (reordered === null || (orderUndecided ?? 0) > 0) ? null : found;
}

function some(counts: Readonly<Record<string, number | null | undefined>>): Counted {
  return Object.fromEntries(Object.entries(counts).flatMap(([name, one]) => (one ? [[name, one] as const] : [])));
}
