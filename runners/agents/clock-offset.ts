/**
 * How far another host's monotonic clock is from ours, as an interval that holds the truth whatever way the messages took:
 * an answer was given after the question was asked and before it came back. The narrowest of a while counts, widened by
 * what two clocks may drift apart meanwhile.
 */

/** No crystal is as far off; clocks that a time server steers are a hundred times nearer. */
const mostDrift = 200e-6;
const windowUs = 2e6;

interface Window {
  /** Ours, µs: the middle of the pings in it. */
  readonly atUs: number;
  readonly lowUs: number;
  readonly highUs: number;
}

/** One question and its answer, µs: ours when it was sent and came back, theirs when it came and was answered. */
export interface Ping {
  readonly sentUs: number;
  readonly cameUs: number;
  readonly answeredUs: number;
  readonly backUs: number;
}

export class ClockOffset {
  readonly #windows: Window[] = [];
  #pings: Ping[] = [];
  /** Of all pings so far; null: another has come. A time is asked for of each logged operation. */
  #known: readonly Window[] | null = null;
  readonly roundTripsUs: number[] = [];
  /** No offset at all fits what was seen: a clock was set, or a machine stood still. */
  jumped = false;

  add(ping: Ping): void {
    const first = this.#pings[0];
    if (first !== undefined && ping.sentUs - first.sentUs > windowUs) {
      this.#windows.push(...this.#closed());
      this.#pings = [];
    }
    this.#pings.push(ping);
    this.#known = null;
    this.roundTripsUs.push(ping.backUs - ping.sentUs - (ping.answeredUs - ping.cameUs));
  }

  /** Theirs less ours at our time `atUs`, and how far from it the truth may be, µs. Beyond the last window, its own. */
  at(atUs: number): { readonly offsetUs: number; readonly boundUs: number } {
    const windows = this.#all();
    const after = windows.findIndex((window) => window.atUs >= atUs);
    const next = windows[after === -1 ? windows.length - 1 : after];
    const before = windows[after === -1 ? windows.length - 1 : Math.max(0, after - 1)];
    if (next === undefined || before === undefined) return { offsetUs: Number.NaN, boundUs: Number.POSITIVE_INFINITY };
    const span = next.atUs - before.atUs;
    const share = span <= 0 ? 0 : Math.min(1, Math.max(0, (atUs - before.atUs) / span));
    const mix = (of: (window: Window) => number) => of(before) + (of(next) - of(before)) * share;
    // Between two windows the truth may leave the line by what drift allows.
    const farUs = Math.min(Math.abs(atUs - before.atUs), Math.abs(next.atUs - atUs));
    const half = mix(({ lowUs, highUs }) => (highUs - lowUs) / 2);
    return { offsetUs: mix(({ lowUs, highUs }) => (lowUs + highUs) / 2), boundUs: half + farUs * mostDrift };
  }

  /** The widest of all windows, µs; infinite: nothing is known. */
  get boundUs(): number {
    if (this.roundTripsUs.length === 0) return Number.POSITIVE_INFINITY;
    return Math.max(...this.#all().map(({ lowUs, highUs }) => (highUs - lowUs) / 2));
  }

  /** Parts per million, from the first window to the last; null: one window only. */
  get driftPpm(): number | null {
    const [first, last] = [this.#all()[0], this.#all().at(-1)];
    if (first === undefined || last === undefined || last.atUs - first.atUs < windowUs) return null;
    const middle = ({ lowUs, highUs }: Window) => (lowUs + highUs) / 2;
    return ((middle(last) - middle(first)) / (last.atUs - first.atUs)) * 1e6;
  }

  #all(): readonly Window[] {
    this.#known ??= [...this.#windows, ...this.#closed()];
    return this.#known;
  }

  #closed(): Window[] {
    const [first, last] = [this.#pings[0], this.#pings.at(-1)];
    if (first === undefined || last === undefined) return [];
    const atUs = (first.sentUs + last.backUs) / 2;
    let lowUs = Number.NEGATIVE_INFINITY;
    let highUs = Number.POSITIVE_INFINITY;
    const tighten = (low: number, high: number) => {
      lowUs = Math.max(lowUs, low);
      highUs = Math.min(highUs, high);
    };
    for (const { sentUs, cameUs, answeredUs, backUs } of this.#pings) {
      const drift = Math.max(Math.abs(atUs - sentUs), Math.abs(backUs - atUs)) * mostDrift;
      tighten(answeredUs - backUs - drift, cameUs - sentUs + drift);
    }
    const before = this.#windows.at(-1);
    if (before !== undefined) {
      const drift = (atUs - before.atUs) * mostDrift;
      tighten(before.lowUs - drift, before.highUs + drift);
    }
    if (lowUs > highUs) {
      this.jumped = true;
      [lowUs, highUs] = [highUs, lowUs];
    }
    return [{ atUs, lowUs, highUs }];
  }
}
