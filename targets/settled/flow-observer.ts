/** Watches where the user's own system tells that a flow is settled. */
import type { ReconnectPolicy } from '../../scenarios/scenario.ts';
import type { SettledSettings } from '../../scenarios/settled-settings.ts';

export interface EventSink {
  /** An event that settles, by the id that it holds: of ours or of anybody. */
  settled(id: string): void;
  /** It holds no id, or is none that can be read. */
  unreadable(): void;
  /** Nothing was seen for a while, and what came then was kept for nobody. */
  interrupted(): void;
}

/** What polling costs the system. */
export interface PollCounts {
  readonly requests: number;
  /** Without an answer, or one of 5xx. */
  readonly failed: number;
}

export interface FlowObserver {
  /** The entry has acknowledged these: left out where it only listens. */
  follow?(ids: readonly string[]): void;
  /** Left out: it asks for nothing. */
  polls?(): PollCounts;
  /** Resolves within about two seconds whatever the peer does. */
  close(): Promise<void>;
}

/**
 * Resolves once no event from then on is missed. Rejects with a BenchError, exit 3 where it cannot be observed. `name`:
 * of what it makes at a broker, unique in the run.
 */
export type OpenObserver<By extends SettledSettings['by'] = SettledSettings['by']> = (
  settings: Extract<SettledSettings, { readonly by: By }>,
  sink: EventSink,
  name: string,
) => Promise<FlowObserver>;

export const observeWithinMs = 10_000;
/** For what was lost. */
export const lookAgain: ReconnectPolicy = { baseMs: 250, capMs: 250, jitter: 'none' };
