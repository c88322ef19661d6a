/** How often a kill at a moment that nobody chose leaves something wrong behind: a rate of kills, with its bounds. */
import { isKill } from '../../result/memory-loss.ts';
import { outagesOf } from '../../result/outages.ts';
import type { RunResult, TrialResult } from '../../result/result-types.ts';
import { shareInterval } from '../../result/statistics/share-interval.ts';
import { atMostShare } from '../../result/statistics/statistics-order.ts';
import { type Contender, conditionGroups } from '../figures/result-view.ts';
import { isDrawn, leastForRate } from '../tables/availability-matrix.ts';

/** What a kill may leave behind: of a trial how often, by what it is called; null: not known. */
export interface Harms {
  /** False: the trial is about something else. */
  readonly isOf: (trial: TrialResult) => boolean;
  readonly counts: Readonly<Record<string, (trial: TrialResult) => number | null>>;
}

/** A sentence for each condition with kills at drawn moments, one a trial, and enough of them; empty: there is none. */
export function killRates(result: RunResult, harms: Harms): string[] {
  return conditionGroups(result).flatMap(({ condition, contenders }) => {
    if (!isDrawn(result, condition)) return [];
    const told = contenders.flatMap((contender) => rateText(contender, harms));
    if (told.length === 0) return [];
    return [`Under ${condition}, of kills at random moments (95 %) – ${told.join('; ')}.`];
  });
}

/** `a: stuck after 3 of 20, 3–38 %; none inconsistent, phantom after 20, at most 14 %`. */
function rateText({ label, trials }: Contender, { isOf, counts }: Harms): string[] {
  const struck = trials.filter((trial) => isOf(trial) && isKilledOnce(trial));
  if (struck.length < leastForRate) return [];
  const hits = Object.entries(counts).flatMap(([kind, of]) => {
    const found = struck.map(of);
    return found.includes(null) ? [] : [{ kind, hit: found.filter((count) => (count ?? 0) > 0).length }];
  });
  const some = hits.filter(({ hit }) => hit > 0);
  const none = hits.filter(({ hit }) => hit === 0).map(({ kind }) => kind);
  const rates = some.map(({ kind, hit }) => {
    const [low, high] = shareInterval(hit, struck.length);
    return `${kind} after ${hit} of ${struck.length}, ${percent(low)}–${percent(high)} %`;
  });
  const atMost = `none ${none.join(', ')} after ${struck.length}, at most ${percent(atMostShare(struck.length))} %`;
  const texts = none.length === 0 ? rates : [...rates, atMost];
  return texts.length === 0 ? [] : [`${label}: ${texts.join('; ')}`];
}

/** Of several in one trial nobody can tell which one it was. */
function isKilledOnce(trial: TrialResult): boolean {
  const outages = outagesOf([trial]);
  return outages.length === 1 && outages.every(isKill);
}

function percent(share: number): number {
  return Math.round(share * 100);
}
