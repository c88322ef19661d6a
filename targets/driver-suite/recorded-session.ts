/** A session for tests: every report of the driver is recorded and held against the contract of `CompletionSink`. */
import type { Target } from '../../scenarios/scenario.ts';
import { formatOperationId } from '../domain/operation-id.ts';
import {
  type Call,
  type CompletionSink,
  type Driver,
  type DriverContext,
  type FailureDetail,
  type OperationSpec,
  type Outcome,
  outcomes,
  type Session,
} from '../driver.ts';

export interface RecordedSessionOptions {
  readonly driver: Driver;
  readonly target: Target;
  readonly address: string;
  readonly operations: Readonly<Record<string, Pick<OperationSpec, 'pattern' | 'request' | 'caller'>>>;
  /** Bodies by operation; none where left out. */
  readonly payloads?: Readonly<Record<string, readonly Buffer[]>>;
  readonly slots?: number;
  readonly trialTag?: string;
  /** Is part of every id. */
  readonly worker?: number;
  readonly linkOf?: DriverContext['linkOf'];
  /** Of each attempt that ended, well or not, and is told of. */
  readonly onDetail?: (operation: string, detail: FailureDetail) => void;
  readonly signal?: AbortSignal;
}

/** One `start` and what was reported of it. */
export interface Attempt {
  readonly slot: number;
  readonly id: string;
  readonly sequence: number;
  readonly startedMs: number;
  sentTimes: number;
  resentTimes: number;
  acknowledgedTimes: number;
  /** null: the peer did not say. */
  retryAfterMs: number | null;
  outcome: Outcome | null;
  reason: string;
  /** null: the peer said nothing of the kind. */
  deprecation: { readonly since: string; readonly sunset: string | null } | null;
  /** null: nothing was told. */
  detail: FailureDetail | null;
  retryable: boolean;
  endedMs: number;
  readonly whenSent: Promise<void>;
  readonly whenEnded: Promise<Attempt>;
}

interface Tracked {
  readonly attempt: Attempt;
  readonly sent: () => void;
  readonly ended: (attempt: Attempt) => void;
}

export class RecordedSession implements CompletionSink {
  /** Broken promises of the driver; empty at the end of every test. */
  readonly violations: string[] = [];
  readonly calls: Call[];
  readonly #operations: readonly string[];
  readonly #running: (Tracked | null)[];
  readonly #options: RecordedSessionOptions;
  #session: Session | null = null;
  #sequence = 0;
  #starting = false;

  private constructor(options: RecordedSessionOptions) {
    const { slots = 64 } = options;
    this.#options = options;
    this.#operations = Object.keys(options.operations);
    this.calls = Array.from({ length: slots }, () => ({
      operation: 0,
      id: '',
      key: '',
      sequence: 0,
      payload: 0,
      attempt: 1,
      random: 0,
    }));
    this.#running = this.calls.map(() => null);
  }

  static async open(options: RecordedSessionOptions): Promise<RecordedSession> {
    const recorded = new RecordedSession(options);
    const { driver, target, address, operations, payloads = {}, trialTag = 'c0117ac7', worker = 0 } = options;
    recorded.#session = await driver.open(
      {
        target,
        address,
        linkOf: options.linkOf,
        tellsAll: options.onDetail !== undefined,
        trialTag,
        worker,
        workers: worker + 1,
        calls: recorded.calls,
        sink: recorded,
        operations: Object.entries(operations).map(([name, operation], index) => ({ index, name, ...operation })),
        payloads: recorded.#operations.map((name) => payloads[name] ?? []),
      },
      options.signal ?? new AbortController().signal,
    );
    return recorded;
  }

  get session(): Session {
    if (this.#session === null) throw new Error('not open');
    return this.#session;
  }

  completion(operation: string): string {
    return this.session.completion(this.#operations.indexOf(operation));
  }

  /** Starts an attempt in `values.slot` or in any free one. */
  start(operation: string, values: Partial<Call> & { readonly slot?: number } = {}): Attempt {
    const { slot = this.#running.indexOf(null), ...given } = values;
    const call = this.calls[slot];
    const index = this.#operations.indexOf(operation);
    if (call === undefined || index === -1 || this.#running[slot] !== null)
      throw new Error(`cannot start ${operation}`);
    const sequence = this.#sequence++;
    const { trialTag = 'c0117ac7', worker = 0 } = this.#options;
    const id = formatOperationId(trialTag, worker, sequence);
    Object.assign(call, { operation: index, id, key: `key-${sequence}`, sequence, payload: 0, attempt: 1, random: 7 });
    Object.assign(call, given);
    const sent = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<Attempt>();
    const attempt: Attempt = {
      slot,
      id: call.id,
      sequence: call.sequence,
      startedMs: performance.now(),
      sentTimes: 0,
      resentTimes: 0,
      acknowledgedTimes: 0,
      retryAfterMs: null,
      deprecation: null,
      detail: null,
      outcome: null,
      reason: '',
      retryable: false,
      endedMs: Number.NaN,
      whenSent: sent.promise,
      whenEnded: ended.promise,
    };
    this.#running[slot] = { attempt, sent: sent.resolve, ended: ended.resolve };
    this.#starting = true;
    this.session.start(slot);
    this.#starting = false;
    return attempt;
  }

  /** Starts and waits for the end. */
  run(operation: string, values: Partial<Call> = {}): Promise<Attempt> {
    return this.start(operation, values).whenEnded;
  }

  abort(attempt: Attempt): void {
    if (this.#running[attempt.slot]?.attempt !== attempt) return;
    this.#running[attempt.slot] = null;
    this.session.abort(attempt.slot);
  }

  /** Aborts what still runs. */
  abortAll(): void {
    for (const tracked of this.#running) if (tracked !== null) this.abort(tracked.attempt);
  }

  sent(slot: number): void {
    const tracked = this.#running[slot] ?? null;
    // `sent` may come from within `start` (the bytes leave at once); `completed` may not.
    if (tracked === null) this.#violation(slot, 'sent though nothing runs');
    else if (++tracked.attempt.sentTimes > 1) this.#violation(slot, 'sent twice');
    else tracked.sent();
  }

  resent(slot: number): void {
    const tracked = this.#running[slot] ?? null;
    if (tracked === null) this.#violation(slot, 'sent again though nothing runs');
    else if (tracked.attempt.sentTimes === 0) this.#violation(slot, 'sent again before sent');
    else tracked.attempt.resentTimes++;
  }

  /** A send that never was does not count as one. */
  unsent(slot: number): void {
    const tracked = this.#running[slot] ?? null;
    if (this.#starting) this.#violation(slot, 'unsent from within start');
    if (tracked === null || tracked.attempt.sentTimes === 0) this.#violation(slot, 'unsent though nothing was sent');
    else tracked.attempt.sentTimes--;
  }

  acknowledged(slot: number): void {
    const tracked = this.#running[slot] ?? null;
    if (this.#starting) this.#violation(slot, 'acknowledged from within start');
    if (tracked === null) this.#violation(slot, 'acknowledged though nothing runs');
    else if (tracked.attempt.sentTimes === 0) this.#violation(slot, 'acknowledged before sent');
    else tracked.attempt.acknowledgedTimes++;
  }

  deprecated(slot: number, since: string, sunset: string | null): void {
    const tracked = this.#running[slot] ?? null;
    if (this.#starting) this.#violation(slot, 'deprecated from within start');
    if (tracked === null) this.#violation(slot, 'deprecated though nothing runs');
    else tracked.attempt.deprecation = { since, sunset };
  }

  retryAfter(slot: number, ms: number): void {
    const tracked = this.#running[slot] ?? null;
    if (this.#starting) this.#violation(slot, 'retryAfter from within start');
    if (tracked === null) this.#violation(slot, 'retryAfter though nothing runs');
    else tracked.attempt.retryAfterMs = ms;
  }

  completed(
    slot: number,
    outcome: Outcome,
    reason: string,
    retryable: boolean,
    tell?: () => FailureDetail | null,
  ): void {
    const tracked = this.#running[slot] ?? null;
    if (this.#starting) this.#violation(slot, 'completed from within start');
    if (tracked === null) {
      this.#violation(slot, `completed (${outcome}, ${reason}) though nothing runs`);
      return;
    }
    const { attempt } = tracked;
    // Of a connection that the peer does not make: what was sent was the handshake.
    const isShutOut = outcome === outcomes.rejected && reason.startsWith('handshake status');
    if (attempt.sentTimes === 0 && outcome !== outcomes.failed && !isShutOut)
      this.#violation(slot, 'completed before sent');
    if ((outcome === outcomes.ok) !== (reason === ''))
      this.#violation(slot, `outcome ${outcome} with reason '${reason}'`);
    const detail = tell?.() ?? null;
    if (detail !== null) this.#options.onDetail?.(this.#operations[this.calls[slot]?.operation ?? 0] ?? '', detail);
    Object.assign(attempt, { outcome, reason, retryable, detail, endedMs: performance.now() });
    this.#running[slot] = null;
    tracked.ended(attempt);
  }

  #violation(slot: number, what: string): void {
    this.violations.push(`slot ${slot}: ${what}`);
  }

  close(): Promise<void> {
    return this.session.close();
  }
}
