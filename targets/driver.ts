/** The interface between the load loop and the protocols. One folder a protocol implements it in its driver.ts. */
import type {
  BatchCounts,
  BlockedPublishers,
  BodyBytes,
  Completion,
  HttpCounts,
  MessageCounts,
  Pattern,
  Protocol,
  SettingValue,
} from '../result/result-types.ts';
import type { CallerHolding } from '../scenarios/callers.ts';
import type { ReconnectPolicy, Request, Target } from '../scenarios/scenario.ts';
import type { BacklogSource } from './backlog-gauge.ts';
import type { PresetOperation } from './driver-kit/preset-requests.ts';
import type { EvolutionWire } from './evolution/evolution-wire.ts';
import type { LinkOf } from './link-of.ts';
import type { OutputSource } from './output-source.ts';
import type { SubscriberDriver } from './subscriber.ts';

/** How an operation or attempt ended. Numbers, so that they fit typed arrays. */
export const outcomes = { ok: 0, rejected: 1, failed: 2, timedOut: 3, dropped: 4 } as const;
export type Outcome = (typeof outcomes)[keyof typeof outcomes];

/**
 * Where a read's answer came from: a cache that asked nobody; one that was told that what it has still holds; one that asked,
 * and got another; who is asked first. `notRead`: it was no read, and what it shows is what it made.
 */
export const answerSources = { notRead: 0, hit: 1, revalidated: 2, replaced: 3, miss: 4 } as const;
export type AnswerFrom = (typeof answerSources)[keyof typeof answerSources];

/** Of the caches of a session's clients. */
export interface CacheCounts {
  readonly entries: number;
  readonly bytes: number;
  readonly evicted: number;
  /** Answers with another tag than what was kept, and byte by byte the same. */
  readonly sameUnderNewTag: number;
}

/** Of an answer that was none, at most 2 KiB each. */
export interface FailureDetail {
  readonly head: string;
  readonly body: string;
}

/** Who an operation is sent by. */
export interface OperationCaller {
  readonly name: string;
  /** Of all operations, 0–1. */
  readonly share: number;
  readonly holds: CallerHolding;
  /** False: it is to be refused. */
  readonly mayBeServed: boolean;
  /** What it sends beside, with each request or with the handshake of its connections. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One kind of call, ready to be sent: the scenario's operation joined with what this target sends for it. */
export interface OperationSpec {
  readonly index: number;
  readonly name: string;
  readonly pattern: Pattern;
  readonly request: Request;
  /** Absent: nobody in particular. Its headers are part of `request` where that has any. */
  readonly caller?: OperationCaller;
}

/**
 * The values of one operation. One object a slot, reused for the slot's next operation: copy what must outlive the
 * completion. A retry keeps everything but `attempt`.
 */
export interface Call {
  /** Index into DriverContext.operations. */
  operation: number;
  /** Printable ASCII, the same length for all operations of a trial, unique in the run. */
  id: string;
  key: string;
  /** Dense from 0 within this worker. */
  sequence: number;
  /** Index into DriverContext.payloads[operation]; that buffer is what {{payload}} stands for. */
  payload: number;
  /** 1 for the first. */
  attempt: number;
  /** Seeded, 32 bits unsigned; what {{random}} stands for. */
  random: number;
}

/**
 * Where a session reports. A slot is reported `completed` exactly once per `start`, unless it was aborted: after
 * `abort(slot)` nothing more may be reported for that start.
 */
export interface CompletionSink {
  /** The attempt's first byte was handed to a connection. Before `completed`, once per start; never of what a client's cache shows. */
  sent(slot: number): void;
  /** Optional, before `completed`: what was reported `sent` never left, as a library says that had no connection after all. */
  unsent(slot: number): void;
  /**
   * Optional, between `sent` and `completed`: the peer said that it never looked at the attempt, and the session has
   * handed it to a connection again. One more attempt, none of the scenario's retries.
   */
  resent(slot: number): void;
  /**
   * Optional, before `completed`: the broker has it, while the operation completes later (at a reply or delivery). Only
   * the first one of an operation counts; one that ends ok without counts as acknowledged then.
   */
  acknowledged(slot: number): void;
  /** Optional, before a `completed` that is ok: which version it showed (0: not known), and where that came from. */
  shown?(slot: number, version: number, from: AnswerFrom): void;
  /** Optional, before `completed`: the peer asks not to be tried again for so long (`Retry-After`, gRPC's RetryInfo). */
  retryAfter(slot: number, ms: number): void;
  /**
   * Optional, before `completed`: the answer says that what was called is deprecated (RFC 9745) and, where it does, when it
   * goes away (RFC 8594); both as written. Left out: nobody wants to know.
   */
  deprecated?(slot: number, since: string, sunset: string | null): void;
  /**
   * The attempt ended. `reason` is '' when ok, else a short text of few distinct values (`status 503`,
   * `connection reset`, `malformed answer`). `retryable`: sending it again may help.
   */
  completed(
    slot: number,
    outcome: Outcome,
    reason: string,
    retryable: boolean,
    /** What the peer said of it; asked for at once, or never. Left out: nothing. */
    tell?: () => FailureDetail | null,
  ): void;
}

export interface DriverContext {
  readonly target: Target;
  /** Where to connect (already the proxy's side if there is one): `host:port`. Paths and schemes come from `target.address`. */
  readonly address: string;
  /** `address` is a proxy's. */
  readonly proxied?: boolean;
  /**
   * The link to a broker that advertises `host:port` of its own, opened when it is first asked for; rejects as a
   * connection would. Left out: what is advertised is dialled as it is. With it `address` is the broker's own, too.
   */
  readonly linkOf?: LinkOf | undefined;
  readonly operations: readonly OperationSpec[];
  /** payloads[operation] is a small pool of prepared bodies (JSON-safe ASCII), empty where the operation has none. */
  readonly payloads: readonly (readonly Buffer[])[];
  /** calls[slot]: filled by the load loop before `start(slot)`. */
  readonly calls: readonly Call[];
  readonly sink: CompletionSink;
  /** Of an attempt, by operation: what the peer may be told. Left out: it is not told. */
  readonly timeoutsMs?: readonly number[] | undefined;
  /** `tell` of `completed` is there for attempts that ended well, too. Left out: false, since it costs. */
  readonly tellsAll?: boolean;
  /** Of connections that are lost; left out: as usual. */
  readonly reconnect?: ReconnectPolicy | undefined;
  /** Unique per trial, [a-z0-9]; part of every queue, topic and group name that the driver creates itself. */
  readonly trialTag: string;
  /** This worker's number and how many there are; connections are per target, so a worker opens its share of them. */
  readonly worker: number;
  readonly workers: number;
}

export interface Driver {
  readonly protocol: Protocol;
  /**
   * Opens all connections and resolves when each is usable (a real round trip where the protocol has one).
   * Rejects with a BenchError (exit code 3 for an unreachable service) when that fails or `signal` aborts.
   */
  open(context: DriverContext, signal: AbortSignal): Promise<Session>;
}

export interface Session {
  /** It reports `deprecated`. Left out: it does not look. */
  readonly readsDeprecation?: boolean;
  /**
   * Starts the attempt described by `context.calls[slot]`. Never throws: trouble is reported through the sink, and
   * never synchronously from within `start` (use queueMicrotask or the next event). When all connections are busy the
   * attempt waits inside the session, first come first served. Lost connections are re-opened in the background with a
   * short back-off; while there is none, attempts wait (the load loop's time-out bounds that).
   */
  start(slot: number): void;
  /** Forgets the attempt in this slot (it timed out): later answers to it are ignored. A no-op for an idle slot. */
  abort(slot: number): void;
  /** Where operations of this kind complete. */
  completion(operation: number): Completion;
  /** By operation, since `open`; null, or left out: each attempt has one message both ways. */
  messages?(): readonly MessageCounts[] | null;
  /** Counted since some moment before `open` resolved; null, or left out: nothing is compressed. */
  bodyBytes?(): BodyBytes | null;
  /** Since `open`; null, or left out: nothing is gathered into batches. */
  batches?(): BatchCounts | null;
  /** Since `open`; null, or left out: the broker never held its publishers back. */
  blockedPublishers?(): BlockedPublishers | null;
  /** Since `open`: messages that the scenario says are no answers; null, or left out: it says nothing of the kind. */
  ignoredMessages?(): number | null;
  /** Since `open`; left out: it speaks no HTTP of its own. */
  httpCounts?(): HttpCounts | null;
  /** At the end; null, or left out: its clients have no caches. */
  cacheCounts?(): CacheCounts | null;
  /** Connections that were lost and opened again since `open`. */
  reconnects(): number;
  /** Closes everything; resolves within about two seconds whatever the peer does. Idempotent. */
  close(): Promise<void>;
}

/** What a reference target sends, in the same terms as a user's own system. */
export interface Preset {
  readonly requests: Readonly<Record<string, Request>>;
  /** Target settings to override, e.g. the reply queue of this trial. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** What the registry holds for each protocol. */
export interface ProtocolEntry {
  readonly driver: Driver;
  /** Requests for these operations to the reference service; `names` are those of `resourceNames` for the same trial. */
  preset(
    target: Target,
    names: Readonly<Record<string, string>>,
    operations: Readonly<Record<string, PresetOperation>>,
  ): Preset;
  /** Broker resources (queues, topics) of one trial of this target, e.g. { requests: 'wb-ab12-requests', replies: 'wb-ab12-replies' }; {} without a broker. */
  resourceNames(trialTag: string, target?: Target): Readonly<Record<string, string>>;
  /** What is printed beside the numbers: durability, acks, prefetch, connections, codec, TLS. */
  semantics(target: Target): Readonly<Record<string, SettingValue | null>>;
  /** What waits in the broker for the reference service; left out without a broker. */
  readonly backlog?: BacklogSource;
  /** How one listens to what is published; left out: the protocol has no subscribers. */
  readonly subscriber?: SubscriberDriver;
  /** What the reference service has written because of what it took; left out: it writes nothing. */
  readonly outputs?: OutputSource;
  /** How messages of two versions of an interface go over it; left out: none are played. */
  readonly evolution?: () => Promise<EvolutionWire>;
  /** Absolute path of the reference service's entry module. */
  readonly servicePath: string;
}
