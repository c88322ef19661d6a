/** Publications as resolved: who is to have what one operation publishes, and what a service does for its listeners. */

/** What a subscriber asks for that comes again: what was published since its last event, or what is published from now on. */
export type Resume = 'lastSeen' | 'none';

/** Of the scenario: the same for every target. */
export interface Subscribers {
  readonly count: number;
  readonly resume: Resume;
  /** What load.rate counts; absent: publications. */
  readonly rate?: 'deliveries';
}

/** What a service does with a listener that reads too slowly. */
export type PushOverflow = 'disconnect' | 'drop' | 'block';

/** Of a target whose service pushes itself. */
export interface PushSettings {
  /** Events that the service keeps for those that come again; 0: it pushes to those that are there, and forgets. */
  readonly log: number;
  /** What may wait for one listener in the service's memory, beyond what the kernel takes. */
  readonly bufferBytes: number;
  readonly overflow: PushOverflow;
  /** The service ends each stream after so long, as many gateways do. Absent: it does not. */
  readonly closeAfterMs?: number;
  /** The connections of the load are subscribed as well: requests, answers and events share them. Absent: false. */
  readonly duplex?: boolean;
  /** Nothing is pushed: each subscriber asks so often. Absent: pushed. */
  readonly pollMs?: number;
}

export const usualPush: PushSettings = { log: 10_000, bufferBytes: 256 * 1024, overflow: 'disconnect' };

/** (Subscriber, publication), 4 bytes each: what an account holds of one trial. */
export const mostPairs = 25_000_000;
export const bytesAPair = 4;

interface Subscribed {
  readonly subscribers?: Subscribers;
}

/** Of a target's trials; null: nothing is published in this scenario. */
export function subscribersOf(scenario: Subscribed): Subscribers | null {
  return scenario.subscribers ?? null;
}

/** Which of them a fault makes slow, by number: evenly spread, one at least. */
export function slowSubscribers(count: number, share: number): number[] {
  const slow = Math.min(count, Math.max(1, Math.round(count * share)));
  return Array.from({ length: slow }, (_, n) => Math.floor((n * count) / slow));
}
