/** What the client does about slow and failed attempts. */

/** Opens when `failureRatio` of at least `minimumOperations` attempts within the window failed. */
export interface BreakerSettings {
  /** 0–1 */
  readonly failureRatio: number;
  readonly windowMs: number;
  readonly minimumOperations: number;
  readonly openForMs: number;
  /** Attempts that must end well for it to close again. */
  readonly probes: number;
}

/** default: what it knows without asking; stale: the last good answer to the same; transport: it asks again, over `to`. */
export type FallbackSettings =
  | { readonly kind: 'default' | 'stale' }
  /** Name of another target. */
  | { readonly kind: 'transport'; readonly to: string };

export interface Resilience {
  /** Bound on an operation's whole life, from its intended start. */
  readonly deadlineMs: number;
  /** Per attempt. */
  readonly timeoutMs: number;
  readonly retry: {
    /** Includes the first. */
    readonly attempts: number;
    readonly backoff: 'exponential' | 'none';
    readonly baseMs: number;
    readonly capMs: number;
    readonly jitter: 'none' | 'full' | 'equal' | 'decorrelated';
    /** A peer's word (`Retry-After`, RetryInfo) is added to the wait; absent: it is. */
    readonly retryAfter?: 'honour' | 'ignore';
    /** Retries: at most `ratio` of the operations and `burst` beyond; absent: no bound. */
    readonly budget?: { readonly ratio: number; readonly burst: number };
  };
  readonly idempotencyKey: boolean;
  /** Of connections that were lost; absent: as usual. */
  readonly reconnect?: ReconnectPolicy;
  /** Absent: none. */
  readonly breaker?: BreakerSettings;
  /** What the client answers itself where an operation is not ok at its end. Absent: nothing. */
  readonly fallback?: FallbackSettings;
  /** Attempts in flight at most, and how many may wait for their turn; beyond, operations are rejected. Absent: no bound. */
  readonly limit?: { readonly maxConcurrent: number; readonly waiting: number };
}

/** Waits between tries to connect: from `baseMs`, doubled each time, up to `capMs`. */
export interface ReconnectPolicy {
  readonly baseMs: number;
  readonly capMs: number;
  readonly jitter: 'none' | 'full';
}

/** What the client of this target does. */
export function resilienceOf(
  scenario: { readonly resilience: Resilience },
  target: { readonly resilience?: Resilience },
): Resilience {
  return target.resilience ?? scenario.resilience;
}
