/** Opens the connections of a session and opens them again when they are lost, until the session closes. */
import type { BenchError } from '../../result/bench-error.ts';
import type { ReconnectPolicy, Target } from '../../scenarios/scenario.ts';
import { isSecured } from '../../scenarios/secured.ts';
import { isAccessRefusal } from './access-refusal.ts';
import { cannotConnect } from './cannot-connect.ts';
import { connectTimeoutMs } from './client-socket.ts';
import { ReconnectWaits } from './reconnect-waits.ts';
import { hintOfSilentEnd, isSilentEnd } from './silent-end.ts';

/** The share of `connections` that worker `worker` of `workers` opens: at least one, as nothing moves without. */
export function connectionShare(connections: number, worker: number, workers: number): number {
  return Math.max(1, Math.floor(connections / workers) + (worker < connections % workers ? 1 : 0));
}

export interface KeptConnection {
  /** Its place among the connections; the one that replaces it has the same. */
  readonly index: number;
  close(): Promise<void>;
}

export interface ConnectionKeeperOptions {
  readonly count: number;
  /** For messages: `The HTTP service at 127.0.0.1:80`. */
  readonly peer: string;
  readonly connect: (index: number) => KeptConnection;
  /** Left out: as usual. */
  readonly reconnect?: ReconnectPolicy | undefined;
  /** How its connections are secured. Left out: in clear. */
  readonly target?: Pick<Target, 'address' | 'tls'>;
}

export class ConnectionKeeper {
  readonly #options: ConnectionKeeperOptions;
  readonly #connections: KeptConnection[] = [];
  /** By connection. */
  readonly #waits: ReconnectWaits[] = [];
  /** By connection: since it last worked it was lost, and one try to connect was made at once. */
  readonly #hasTriedAtOnce: boolean[] = [];
  readonly #isLost: boolean[] = [];
  readonly #timers: (NodeJS.Timeout | undefined)[] = [];
  #asked = '';
  #opening: { readonly resolve: () => void; readonly reject: (error: BenchError) => void } | null = null;
  #unopened: number;
  #reconnects = 0;
  #closed = false;

  constructor(options: ConnectionKeeperOptions) {
    this.#options = options;
    this.#unopened = options.count;
  }

  /** Resolves with `ready()`; rejects with a BenchError (exit 3) when a connection fails first, or `signal` aborts. */
  async open(signal: AbortSignal): Promise<void> {
    const opening = Promise.withResolvers<void>();
    this.#opening = opening;
    const onAbort = () => this.#refuse('it was interrupted', signal.reason);
    const timer = setTimeout(() => this.#refuse('it does not answer'), 2 * connectTimeoutMs);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    for (let index = 0; index < this.#options.count; index++) this.replace(index);
    try {
      await opening.promise;
    } finally {
      this.#opening = null;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #refuse(why: string, cause?: unknown): void {
    const asked = this.#asked === '' ? '' : ` (asked: ${this.#asked})`;
    const error = cannotConnect(this.#options.peer, `${why}${asked}`, this.#hintOf(why), cause);
    this.#opening?.reject(error);
  }

  #hintOf(why: string): string {
    if (isAccessRefusal(why)) {
      return 'It does not let in who asks: check what the target shows, its `headers` for one.';
    }
    const { target = {} } = this.#options;
    const usual = 'Check the address, and that the service is running.';
    return isSecured(target) && isSilentEnd(why) ? `${hintOfSilentEnd(target.tls)} ${usual}` : usual;
  }

  /** What was sent to see whether the peer answers, for messages: `GET /health`. */
  asked(what: string): void {
    this.#asked = what;
  }

  /** The session may be used. */
  ready(): void {
    this.#opening?.resolve();
  }

  /** A connection is open; true for the last one that `open` waits for. */
  opened(index: number): boolean {
    if (this.#isLost[index]) {
      this.#isLost[index] = false;
      this.#reconnects++;
    }
    return this.#opening !== null && --this.#unopened === 0;
  }

  /** The peer has answered on it: should it be lost, the next try comes at once. */
  worked(index: number): void {
    this.#hasTriedAtOnce[index] = false;
    this.#waits[index]?.reset();
  }

  /** Opens another in its place at once. */
  replace(index: number): void {
    if (!this.#closed) this.#connections[index] = this.#options.connect(index);
  }

  /** Opens another in its place, after a wait that grows until one works; or leaves that to a later `replace`. */
  lost(index: number, reason: string, cause: Error | null, redials = true): void {
    this.#refuse(cause?.message || reason, cause);
    if (this.#closed) return;
    this.#isLost[index] = true;
    if (!redials) return;
    this.#waits[index] ??= new ReconnectWaits(this.#options.reconnect);
    const waitMs = this.#hasTriedAtOnce[index] ? this.#waits[index].next() : 0;
    this.#hasTriedAtOnce[index] = true;
    this.#timers[index] = setTimeout(() => this.replace(index), waitMs);
  }

  /** Connections that were lost and are open again. */
  get reconnects(): number {
    return this.#reconnects;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }
}
