/** How many arrivals are expected by when: the integral of a rate that is linear in pieces, and its inverse. */
import type { RateStage } from '../../scenarios/scenario.ts';

interface Piece {
  readonly startUs: number;
  readonly lengthUs: number;
  /** Expected before it. */
  readonly before: number;
  readonly expected: number;
  /** Arrivals a microsecond at its begin, and how much that changes in a microsecond. */
  readonly rate: number;
  readonly slope: number;
}

export class RateCurve {
  readonly #pieces: readonly Piece[];
  /** Expected number of arrivals over all of it. */
  readonly total: number;

  constructor(stages: readonly RateStage[]) {
    let startUs = 0;
    let before = 0;
    this.#pieces = stages.map(({ forMs, fromPerSecond, toPerSecond }) => {
      const lengthUs = forMs * 1e3;
      const expected = ((fromPerSecond + toPerSecond) / 2) * (forMs / 1e3);
      const slope = lengthUs === 0 ? 0 : (toPerSecond - fromPerSecond) / 1e6 / lengthUs;
      const piece = { startUs, lengthUs, before, expected, rate: fromPerSecond / 1e6, slope };
      startUs += lengthUs;
      before += expected;
      return piece;
    });
    this.total = before;
  }

  /** Microseconds at which `expected` arrivals are due; null: never. */
  offsetUs(expected: number): number | null {
    for (const piece of this.#pieces) {
      if (expected - piece.before < piece.expected) return piece.startUs + withinUs(piece, expected - piece.before);
    }
    return null;
  }

  /** Expected number of arrivals in [0, offsetUs). */
  expectedBy(offsetUs: number): number {
    let sum = 0;
    for (const { startUs, lengthUs, rate, slope } of this.#pieces) {
      const inUs = Math.min(lengthUs, Math.max(0, offsetUs - startUs));
      sum += rate * inUs + (slope * inUs * inUs) / 2;
    }
    return sum;
  }
}

/** Solves expected = rate·t + slope·t²/2 in the form that neither a flat nor a falling rate makes unstable. */
function withinUs({ rate, slope }: Piece, expected: number): number {
  const root = Math.sqrt(Math.max(0, rate * rate + 2 * slope * expected));
  return expected === 0 ? 0 : (2 * expected) / (rate + root);
}
