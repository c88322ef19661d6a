/** What a worker's session and its sockets have counted while the load ran. */
import { batchesSince } from '../../result/batch-counts.ts';
import { bodiesSince } from '../../result/body-bytes.ts';
import type { BatchCounts, BodyBytes } from '../../result/result-types.ts';
import type { Session } from '../../targets/driver.ts';
import { WireCounter } from '../recording/wire-counter.ts';
import type { WorkerData } from './worker-messages.ts';

type SessionData = Pick<
  WorkerData,
  | 'completions'
  | 'connections'
  | 'wire'
  | 'bodies'
  | 'messages'
  | 'batches'
  | 'reconnects'
  | 'blockedPublishers'
  | 'ignoredMessages'
  | 'http'
  | 'cache'
  | 'readsDeprecation'
>;

/** Create it before the session opens its connections. */
export class SessionAccount {
  readonly #wire = new WireCounter();
  #session: Session | null = null;
  #connections: number | null = null;
  #wireAtStart = { up: 0, down: 0 };
  #bodiesAtStart: BodyBytes | null = null;
  #batchesAtStart: BatchCounts | null = null;

  opened(session: Session): void {
    this.#session = session;
  }

  /** What opening took counts for nothing. */
  begin(): void {
    this.#connections = this.#wire.established;
    this.#wireAtStart = this.#wire.total();
    this.#bodiesAtStart = this.#session?.bodyBytes?.() ?? null;
    this.#batchesAtStart = this.#session?.batches?.() ?? null;
  }

  /** Closes the session; `operations`: how many kinds of them there are. */
  async close(operations: number): Promise<SessionData> {
    const session = this.#session;
    const wire = this.#wire.total();
    const bodies = session?.bodyBytes?.() ?? null;
    const batches = session?.batches?.() ?? null;
    const messages = session?.messages?.() ?? null;
    const blockedPublishers = session?.blockedPublishers?.() ?? null;
    const ignoredMessages = session?.ignoredMessages?.() ?? null;
    const http = session?.httpCounts?.() ?? null;
    const cache = session?.cacheCounts?.() ?? null;
    const readsDeprecation = session?.readsDeprecation ?? false;
    await session?.close();
    return {
      completions: Array.from({ length: operations }, (_, index) => session?.completion(index) ?? 'acknowledged'),
      connections: this.#connections,
      wire: { up: wire.up - this.#wireAtStart.up, down: wire.down - this.#wireAtStart.down },
      bodies: bodies === null ? null : bodiesSince(this.#bodiesAtStart, bodies),
      messages,
      batches: batches === null ? null : batchesSince(this.#batchesAtStart, batches),
      reconnects: session?.reconnects() ?? 0,
      blockedPublishers,
      ignoredMessages,
      http,
      cache,
      readsDeprecation,
    };
  }
}
