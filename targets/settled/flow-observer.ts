/** Watches where the user's own system tells that a flow is settled. */
import type { ReconnectPolicy, Target } from '../../scenarios/scenario.ts';
import type { EventPlace, SettledByPoll } from '../../scenarios/settled-settings.ts';

export interface EventSink {
  /** An event that settles, or any where all are wanted, by the id that it holds: of ours or of anybody. */
  settled(id: string): void;
  /** It holds no id, or is none that can be read. */
  unreadable(): void;
  /** Nothing was seen for a while, and what came then was kept for nobody. */
  interrupted(): void;
  /** What comes from here on is seen: the first time, and again after each `lost`. */
  opened?(): void;
  /** It is cut off, whether or not anything is missed; it comes again by itself. */
  lost?(): void;
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
  /** Held, it stops reading. Left out: it only asks. */
  hold?(isOn: boolean): void;
  /** Resolves within about two seconds whatever the peer does. */
  close(): Promise<void>;
}

/** What is known beside the place. */
export interface ObserverContext {
  /** Of what it makes at a broker, unique in the run. */
  readonly name: string;
  /** `host:port` that is dialled in place of the server's own, a proxy's. Left out: the server's. */
  readonly through?: string | undefined;
  /** Whose events they are; left out: of a place that says all by itself. */
  readonly target?: Target;
  /** After it was cut off: with what came meanwhile, where there is a way to ask for it. Left out: true. */
  readonly goesOn?: boolean;
  /** It is known what a queue holds, and others of ours may consume it. Left out: false. */
  readonly isChecked?: boolean;
}

type Place = EventPlace | SettledByPoll;

/** Resolves once no event from then on is missed. Rejects with a BenchError, exit 3 where it cannot be observed. */
export type OpenObserver<By extends Place['by'] = Place['by']> = (
  settings: Extract<Place, { readonly by: By }>,
  sink: EventSink,
  context: ObserverContext,
) => Promise<FlowObserver>;

export const observeWithinMs = 10_000;
/** For what was lost. */
export const lookAgain: ReconnectPolicy = { baseMs: 250, capMs: 250, jitter: 'none' };
