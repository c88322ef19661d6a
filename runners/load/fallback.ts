/**
 * What the client answers itself where an operation was not ok: counted beside its outcome, which stays what it was. One
 * implementation for each kind; the load loop knows this much of them.
 */
import { operationOf } from '../../scenarios/operations.ts';
import type { FallbackSettings, Request, RestRequest, Target } from '../../scenarios/scenario.ts';
import type { Call } from '../../targets/driver.ts';
import type { RecordedCell } from '../recording/recorder.ts';

export interface Fallback {
  /** Of answers that are still on their way. */
  readonly inFlight: number;
  /** An operation was ok: what came may be served later. */
  keep(call: Call, nowUs: number): void;
  /** One was not. `call` is its own only until this returns. */
  answer(call: Call, cell: RecordedCell, intendedUs: number, nowUs: number): void;
  /** Time-outs; call it every few milliseconds. */
  tick(nowUs: number): void;
  /** Nobody waits any more for what is on its way. */
  abandon(): void;
}

/** What is known without looking anything up. */
export class DefaultFallback implements Fallback {
  readonly inFlight = 0;

  keep(): void {}

  answer(_call: Call, cell: RecordedCell, intendedUs: number, nowUs: number): void {
    cell.latency('fallback').record(nowUs - intendedUs);
  }

  tick(): void {}

  abandon(): void {}
}

/**
 * The last good answer to the same question, however old. Only when it came is kept: what a real cache would hold beside
 * that costs memory, and no time worth measuring.
 */
export class StaleFallback implements Fallback {
  readonly inFlight = 0;
  /** By operation, whose answers may stand for later ones, the time of the last by key; null: of one that changes something. */
  readonly #answeredUs: readonly (Map<string, number> | null)[];

  /** `isRead`: by operation. */
  constructor(isRead: readonly boolean[]) {
    this.#answeredUs = isRead.map((one) => (one ? new Map() : null));
  }

  keep({ operation, key }: Call, nowUs: number): void {
    this.#answeredUs[operation]?.set(key, nowUs);
  }

  answer({ operation, key }: Call, cell: RecordedCell, intendedUs: number, nowUs: number): void {
    const answeredUs = this.#answeredUs[operation]?.get(key);
    if (answeredUs === undefined) {
      cell.policies.unanswered++;
      return;
    }
    cell.latency('fallback').record(nowUs - intendedUs);
    cell.latency('fallbackAge').record(nowUs - answeredUs);
  }

  tick(): void {}

  abandon(): void {}
}

/** null: the client answers nothing itself. A second transport is opened with its own session. */
export function ownFallback(settings: FallbackSettings | undefined, isRead: readonly boolean[]): Fallback | null {
  if (settings === undefined || settings.kind === 'transport') return null;
  return settings.kind === 'stale' ? new StaleFallback(isRead) : new DefaultFallback();
}

/** Of a planned operation. */
interface ReadAsked {
  /** What our own service does; null: it is somebody else's business. */
  readonly action: string | null;
  readonly request: Request;
}

/** An earlier answer may stand for a later one. Of an own system only HTTP says so; elsewhere its operations may change things. */
export function readsOnly(target: Target, { action, request }: ReadAsked): boolean {
  if (action !== null) return operationOf(action)?.isRead ?? false;
  return target.protocol === 'rest' && ['GET', 'HEAD'].includes((request as RestRequest).method);
}
