/** Whether operations of a key took effect in the order in which clients had them done. */
import type { LoggedOperations } from './logged-operations.ts';
import type { ProducerOrigin } from './producer-origin.ts';

export type Lateness = 'late' | 'inOrder' | 'undecided';

/** Of all whose times were put into our clock by one offset. */
interface ClockOrder {
  /** Key → latest start of sending among the operations applied so far, monotonic µs. */
  readonly latestSentUs: Map<number, number>;
  readonly boundUs: number;
}

/**
 * Late: applied after a later operation of the same key whose send began only after this one was acknowledged.
 * Operations in flight together may be applied either way round. Times of two agents are compared as far as their clocks are
 * known: between surely late and surely not, nobody can tell.
 */
export class KeyOrder {
  readonly #clocks = new Map<number, ClockOrder>();
  readonly #originOf: (producer: number) => ProducerOrigin | null;

  constructor(originOf: (producer: number) => ProducerOrigin | null = () => null) {
    this.#originOf = originOf;
  }

  lateness(log: LoggedOperations, sequence: number): Lateness {
    const key = log.key(sequence);
    const intendedUs = log.intendedUs(sequence);
    const sentUs = intendedUs + log.sentAfterUs(sequence);
    const acknowledgedUs = intendedUs + log.acknowledgedAfterUs(sequence);
    const own = this.#clockOf(log.producer);
    let found: Lateness = 'inOrder';
    for (const other of this.#clocks.values()) {
      const latestUs = other.latestSentUs.get(key) ?? Number.NEGATIVE_INFINITY;
      const farUs = other === own ? 0 : own.boundUs + other.boundUs;
      // Both are false when either is not known.
      if (latestUs > acknowledgedUs + farUs) found = 'late';
      else if (latestUs > acknowledgedUs - farUs && found === 'inOrder') found = 'undecided';
    }
    if (sentUs > (own.latestSentUs.get(key) ?? Number.NEGATIVE_INFINITY)) own.latestSentUs.set(key, sentUs);
    return found;
  }

  #clockOf(producer: number): ClockOrder {
    const { clock, boundUs } = this.#originOf(producer) ?? { clock: 0, boundUs: 0 };
    const known = this.#clocks.get(clock);
    if (known !== undefined) return known;
    const created = { latestSentUs: new Map<number, number>(), boundUs };
    this.#clocks.set(clock, created);
    return created;
  }
}
