/** Ends a trial of which no more is to be learned: a threshold with `stopAfter` did not hold over all of that time. */
import { holdsThreshold, type Threshold } from '../../result/thresholds.ts';
import type { LoadProgress } from '../load/load-loop-options.ts';

export interface Stopped {
  readonly threshold: Threshold;
  /** The share that was not ok. */
  readonly actual: number;
}

interface Look {
  readonly atUs: number;
  readonly ended: number;
  readonly notOk: number;
}

export class HopelessWatch {
  readonly #thresholds: readonly (Threshold & { readonly stopAfterMs: number })[];
  readonly #looks: Look[];

  private constructor(thresholds: readonly (Threshold & { readonly stopAfterMs: number })[], startUs: number) {
    this.#thresholds = thresholds;
    this.#looks = [{ atUs: startUs, ended: 0, notOk: 0 }];
  }

  /** null: none of the thresholds ends a trial of this target and condition. */
  static of(
    thresholds: readonly Threshold[],
    { target, condition }: { readonly target: string; readonly condition: string },
    startUs: number,
  ): HopelessWatch | null {
    const own = thresholds.flatMap((one) => {
      const { stopAfterMs } = one;
      const isMeant = one.target === 'all' || one.target === target;
      const isHere = one.within.length === 0 || one.within.includes(condition);
      return stopAfterMs !== undefined && isMeant && isHere ? [{ ...one, stopAfterMs }] : [];
    });
    return own.length === 0 ? null : new HopelessWatch(own, startUs);
  }

  /** Counts since the load began, warm-up included. Returns what ends the trial. */
  look(
    atUs: number,
    { offered, inFlight, notOk }: Pick<LoadProgress, 'offered' | 'inFlight' | 'notOk'>,
  ): Stopped | null {
    const now = { atUs, ended: offered - inFlight, notOk };
    this.#looks.push(now);
    for (const threshold of this.#thresholds) {
      const from = this.#looks.findLast((look) => look.atUs <= atUs - threshold.stopAfterMs * 1e3);
      if (from === undefined || now.ended <= from.ended) continue;
      const actual = (now.notOk - from.notOk) / (now.ended - from.ended);
      if (!holdsThreshold(threshold, actual)) return { threshold, actual };
    }
    return null;
  }
}
