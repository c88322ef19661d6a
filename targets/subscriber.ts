/**
 * The interface between the processes of the subscribers and the protocols. One folder a protocol implements it in its
 * subscriber.ts. Subscribers are no load: they receive what operations with pattern publish publish.
 */
import type { Resume } from '../scenarios/push-settings.ts';
import type { Target } from '../scenarios/scenario.ts';
import type { LinkOf } from './link-of.ts';

export interface SubscriberContext {
  readonly target: Target;
  /**
   * Where to connect (already the proxy's side if there is one): `host:port`, of several with commas between. '': where an
   * own system's events are said to be.
   */
  readonly address: string;
  /** See DriverContext: of a broker that advertises addresses of its own. */
  readonly linkOf?: LinkOf | undefined;
  /** Broker resources of this trial, as the target's `resourceNames` has them. */
  readonly names: Readonly<Record<string, string>>;
  readonly trialTag: string;
  /** Those that this process opens, by number, of `count` in all. */
  readonly subscribers: readonly number[];
  readonly count: number;
  readonly resume: Resume;
}

/** Where subscribers report, at once and each thing as it happens. `subscriber` is its number. */
export interface EventSink {
  /** Its subscription stands: what is published from here on is for it. Once for the first, and again after each `lost`. */
  subscribed(subscriber: number): void;
  /** An event is whole in this process; told before anything else is done with it. `id`: of the operation that published it; '': it holds none. */
  received(subscriber: number, id: string): void;
  /** Its connection or its subscription is gone; it comes again by itself. */
  lost(subscriber: number): void;
}

export interface SubscriberDriver {
  /**
   * Opens the subscribers of this process, and resolves when each is subscribed. Rejects with a BenchError (exit code 3)
   * when that fails or `signal` aborts. Lost ones are opened again in the background, after a short wait.
   */
  open(context: SubscriberContext, sink: EventSink, signal: AbortSignal): Promise<Subscription>;
}

/** The subscribers of one process. */
export interface Subscription {
  /** It stops reading its socket: nothing is taken from it until `resume`. */
  pause(subscriber: number): void;
  resume(subscriber: number): void;
  /** Connections that were lost and opened again since `open`, over all of them. */
  reconnects(): number;
  /** Read from all connections since they were opened; left out: not known. */
  bytesRead?(): number;
  /** Closes everything; resolves within about two seconds whatever the peer does. Idempotent. */
  close(): Promise<void>;
}
