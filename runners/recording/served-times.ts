/** How long a service had each operation, by its own evidence: from when it received it first until its effect was in. */
import type { EvidenceRecord } from '../../targets/domain/evidence.ts';

export class ServedTimes {
  /** When it was received, µs, of those that are not done yet. */
  readonly #open = new Map<number, number>();

  received(record: EvidenceRecord): void {
    this.#open.set(keyOf(record), record.atUs);
  }

  /** µs; null: nobody put on record that it was received. */
  applied(record: EvidenceRecord): number | null {
    const key = keyOf(record);
    const atUs = this.#open.get(key);
    if (atUs === undefined) return null;
    this.#open.delete(key);
    return record.atUs - atUs;
  }
}

function keyOf({ producer, sequence }: EvidenceRecord): number {
  return producer * 2 ** 32 + sequence;
}
