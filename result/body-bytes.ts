/** Counting bodies before and after compression, and what the two make of a ratio. */
import type { BodyBytes } from './result-types.ts';

const noBodies: BodyBytes = { plainBytesUp: 0, wireBytesUp: 0, plainBytesDown: 0, wireBytesDown: 0 };

/** One a session or thread. */
export class BodyCounter {
  #plainBytesUp = 0;
  #wireBytesUp = 0;
  #plainBytesDown = 0;
  #wireBytesDown = 0;

  up(plainBytes: number, wireBytes: number): void {
    this.#plainBytesUp += plainBytes;
    this.#wireBytesUp += wireBytes;
  }

  down(plainBytes: number, wireBytes: number): void {
    this.#plainBytesDown += plainBytes;
    this.#wireBytesDown += wireBytes;
  }

  total(): BodyBytes {
    return {
      plainBytesUp: this.#plainBytesUp,
      wireBytesUp: this.#wireBytesUp,
      plainBytesDown: this.#plainBytesDown,
      wireBytesDown: this.#wireBytesDown,
    };
  }
}

export function sumOfBodies(all: readonly BodyBytes[]): BodyBytes {
  return all.reduce((sum, bodies) => combined(sum, bodies, 1), noBodies);
}

/** What came between two counts. */
export function bodiesSince(before: BodyBytes | null, now: BodyBytes): BodyBytes {
  return before === null ? now : combined(now, before, -1);
}

function combined(a: BodyBytes, b: BodyBytes, sign: 1 | -1): BodyBytes {
  return {
    plainBytesUp: a.plainBytesUp + sign * b.plainBytesUp,
    wireBytesUp: a.wireBytesUp + sign * b.wireBytesUp,
    plainBytesDown: a.plainBytesDown + sign * b.plainBytesDown,
    wireBytesDown: a.wireBytesDown + sign * b.wireBytesDown,
  };
}

/** Plain ÷ wire, e.g. 3.1 for bodies that became a third; null where there were none. */
export function ratioOf(plainBytes: number, wireBytes: number): number | null {
  return wireBytes === 0 ? null : plainBytes / wireBytes;
}
