/**
 * The highest rate that a system keeps up within its objectives. Doubling until a rate is missed, then halving the ratio
 * between the last that was kept and the first that was missed; a rate is only the answer once a run of its own has
 * confirmed it. A miss counts when it was seen twice, so that one noisy trial does not end the search; a lucky hit is
 * found out by the confirmation.
 */

export interface CapacitySearch {
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  /** The search ends when the lowest rate missed is within this share of the highest one kept. */
  readonly precision: number;
  /** Plays a trial at the rate; true: within the objectives. */
  readonly probe: (ratePerSecond: number, purpose: 'probe' | 'confirm') => Promise<boolean>;
  /** Asked before each probe: whether to go on. */
  readonly goesOn: () => boolean;
}

export type CapacityEnd =
  /** Confirmed, and a higher rate was missed. */
  | 'confirmed'
  /** Confirmed at the highest rate that was to be tried. */
  | 'ceiling'
  /** Not even the lowest rate was kept. */
  | 'floor'
  /** No rate could be confirmed within the tries there are. */
  | 'unconfirmed'
  | 'interrupted';

export interface CapacityFound {
  /** null: none was confirmed. */
  readonly ratePerSecond: number | null;
  readonly ended: CapacityEnd;
  /** Lowest rate that was missed; null: none was. */
  readonly missedPerSecond: number | null;
}

const missesToBelieve = 2;
const mostConfirmations = 6;
/** Rates of more digits than this promise more than the search can hold. */
const significantDigits = 3;

export async function searchCapacity(search: CapacitySearch): Promise<CapacityFound> {
  const run = new Search(search);
  return run.play();
}

/** Upper bound of the trials that a search takes when none has to be played again. */
export function plannedProbes({
  fromPerSecond,
  toPerSecond,
  precision,
}: Pick<CapacitySearch, 'fromPerSecond' | 'toPerSecond' | 'precision'>): number {
  const doublings = Math.ceil(Math.log2(toPerSecond / fromPerSecond)) + 1;
  const halvings = Math.ceil(Math.log2(1 / Math.log2(1 + precision)));
  return doublings + halvings + 2 * (missesToBelieve - 1) + 1;
}

class Search {
  readonly #search: CapacitySearch;
  /** Highest rate kept below all that were missed, and lowest missed. */
  #kept: number | null = null;
  #missed: number | null = null;

  constructor(search: CapacitySearch) {
    this.#search = search;
  }

  async play(): Promise<CapacityFound> {
    try {
      await this.#climb();
      await this.#narrow();
      return await this.#confirm();
    } catch (error) {
      if (error instanceof Stopped) return this.#found(null, 'interrupted');
      throw error;
    }
  }

  async #climb(): Promise<void> {
    const { fromPerSecond, toPerSecond } = this.#search;
    for (let rate = fromPerSecond; ; rate = Math.min(toPerSecond, rate * 2)) {
      await this.#try(rate);
      if (this.#missed !== null || rate >= toPerSecond) return;
    }
  }

  async #narrow(): Promise<void> {
    while (this.#kept !== null && this.#missed !== null) {
      const middle = rounded(Math.sqrt(this.#kept * this.#missed));
      const isNarrow = this.#missed <= this.#kept * (1 + this.#search.precision);
      if (isNarrow || middle <= this.#kept || middle >= this.#missed) return;
      await this.#try(middle);
    }
  }

  /** Down by the precision from what cannot be confirmed. */
  async #confirm(): Promise<CapacityFound> {
    const { fromPerSecond, toPerSecond, precision } = this.#search;
    if (this.#kept === null) return this.#found(null, 'floor');
    let rate = this.#kept;
    for (let n = 0; n < mostConfirmations && rate >= fromPerSecond; n++) {
      if (await this.#isWithin(rate, 'confirm'))
        return this.#found(rate, rate >= toPerSecond ? 'ceiling' : 'confirmed');
      this.#missed = rate;
      rate = rounded(rate / (1 + precision));
    }
    return this.#found(null, 'unconfirmed');
  }

  async #try(rate: number): Promise<void> {
    if (await this.#isWithin(rate, 'probe')) this.#kept = rate;
    else this.#missed = rate;
  }

  async #isWithin(rate: number, purpose: 'probe' | 'confirm'): Promise<boolean> {
    for (let misses = 0; misses < missesToBelieve; misses++) {
      if (!this.#search.goesOn()) throw new Stopped();
      if (await this.#search.probe(rate, purpose)) return true;
    }
    return false;
  }

  #found(ratePerSecond: number | null, ended: CapacityEnd): CapacityFound {
    return { ratePerSecond, ended, missedPerSecond: this.#missed };
  }
}

class Stopped extends Error {}

function rounded(rate: number): number {
  return Number(rate.toPrecision(significantDigits));
}
