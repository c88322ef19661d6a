/**
 * Several clients of one load thread: a session for each queue or topic and each of its producers. All operations of one key
 * go the same way, so that their order is kept as far as a broker keeps it.
 */
import { sumOfBatches } from '../../result/batch-counts.ts';
import { sumOfBodies } from '../../result/body-bytes.ts';
import type { BatchCounts, BlockedPublishers, BodyBytes, Completion, HttpCounts } from '../../result/result-types.ts';
import type { Request, Target } from '../../scenarios/scenario.ts';
import { allOrNone } from '../all-or-none.ts';
import type { Driver, DriverContext, OperationSpec, Session } from '../driver.ts';

/** `requestsByTopic`: left out, there is one. */
export interface SpreadOperation extends OperationSpec {
  readonly requestsByTopic?: readonly Request[];
}

interface SpreadContext extends DriverContext {
  readonly operations: readonly SpreadOperation[];
}

/** One session where one is enough. Rejects as `open` does; nothing is left open then. */
export async function openSpread(driver: Driver, context: SpreadContext, signal: AbortSignal): Promise<Session> {
  const contexts = contextsOf(context);
  const [only] = contexts;
  if (contexts.length === 1 && only !== undefined) return driver.open(only, signal);
  const openings = contexts.map((one) => driver.open(one, signal));
  return new SpreadSession(await allOrNone(openings, (session) => session.close()), context);
}

/** The topics in turn, so that any so many operations in a row go to as many of them. */
function contextsOf(context: SpreadContext): DriverContext[] {
  const topics = Math.max(1, ...context.operations.map(({ requestsByTopic }) => requestsByTopic?.length ?? 1));
  const producers = producersHere(context.target, context);
  const clients = topics * producers;
  return Array.from({ length: clients }, (_, n) => ({
    ...context,
    target: withShare(context.target, clients),
    operations: context.operations.map((operation) => {
      return { ...operation, request: operation.requestsByTopic?.[n % topics] ?? operation.request };
    }),
  }));
}

/** Connections are of the target, however many clients there are. */
function withShare(target: Target, clients: number): Target {
  if (clients === 1 || !('connections' in target)) return target;
  return { ...target, connections: Math.max(1, Math.floor(target.connections / clients)) };
}

/** The share of this thread, at least one. A stream's driver has its producers itself. */
function producersHere(target: Target, { worker, workers }: Pick<DriverContext, 'worker' | 'workers'>): number {
  if (target.protocol !== 'queue') return 1;
  const { producers = 1 } = target;
  return Math.max(1, Math.floor(producers / workers) + (worker < producers % workers ? 1 : 0));
}

class SpreadSession implements Session {
  readonly #sessions: readonly Session[];
  readonly #calls: DriverContext['calls'];
  /** By slot. */
  readonly #startedAt: Uint16Array;

  constructor(sessions: readonly Session[], { calls }: Pick<DriverContext, 'calls'>) {
    this.#sessions = sessions;
    this.#calls = calls;
    this.#startedAt = new Uint16Array(calls.length);
  }

  start(slot: number): void {
    const at = placeOf(this.#calls[slot]?.key ?? '') % this.#sessions.length;
    this.#startedAt[slot] = at;
    this.#sessions[at]?.start(slot);
  }

  abort(slot: number): void {
    this.#sessions[this.#startedAt[slot] ?? 0]?.abort(slot);
  }

  get readsDeprecation(): boolean {
    return this.#sessions.every(({ readsDeprecation = false }) => readsDeprecation);
  }

  completion(operation: number): Completion {
    return (this.#sessions[0] as Session).completion(operation);
  }

  bodyBytes(): BodyBytes | null {
    const counted = this.#sessions.flatMap((session) => session.bodyBytes?.() ?? []);
    return counted.length === 0 ? null : sumOfBodies(counted);
  }

  batches(): BatchCounts | null {
    const counted = this.#sessions.flatMap((session) => session.batches?.() ?? []);
    return counted.length === 0 ? null : sumOfBatches(counted);
  }

  /** Of the client that was held back longest. */
  blockedPublishers(): BlockedPublishers | null {
    const blocks = this.#sessions.flatMap((session) => session.blockedPublishers?.() ?? []);
    return blocks.sort((a, b) => b.durationMs - a.durationMs)[0] ?? null;
  }

  httpCounts(): HttpCounts | null {
    const counted = this.#sessions.flatMap((session) => session.httpCounts?.() ?? []);
    if (counted.length === 0) return null;
    return { handshakes: counted.reduce((sum, { handshakes }) => sum + handshakes, 0) };
  }

  reconnects(): number {
    return this.#sessions.reduce((sum, session) => sum + session.reconnects(), 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.close()));
  }
}

/** FNV-1a over the key's characters: 32 bits, unsigned. */
function placeOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < key.length; n++) hash = Math.imul(hash ^ key.charCodeAt(n), 0x01000193);
  return (hash ^ (hash >>> 16)) >>> 0;
}
