/**
 * Who is calling, a WebSocket says in its handshake: so each caller has connections of its own. One that is to be refused
 * has none to keep; each of its operations tries to open one, and is sent there only if it was let in.
 */
import type { BodyBytes, Completion } from '../../result/result-types.ts';
import type { WebSocketTarget } from '../../scenarios/scenario.ts';
import type { DriverContext, OperationCaller, Session } from '../driver.ts';

interface OpenableSession extends Session {
  open(signal: AbortSignal): Promise<void>;
}

/** What opens the connections of one caller: kept ones, or one for each operation. */
export interface CallerSessionKinds {
  kept(context: DriverContext): OpenableSession;
  single(context: DriverContext): Session;
}

export class CallerSession implements OpenableSession {
  readonly #context: DriverContext;
  /** By operation. */
  readonly #sessions: readonly Session[];
  readonly #kept: readonly OpenableSession[];
  readonly #all: readonly Session[];

  constructor(context: DriverContext, kinds: CallerSessionKinds) {
    this.#context = context;
    const callers = new Map(context.operations.flatMap(({ caller }) => (caller ? [[caller.name, caller]] : [])));
    const served = [...callers.values()].filter(({ mayBeServed }) => mayBeServed);
    const kept = new Map(served.map((caller) => [caller.name, kinds.kept(contextOf(context, caller, served))]));
    const single = new Map(
      [...callers.values()]
        .filter(({ mayBeServed }) => !mayBeServed)
        .map((caller) => [caller.name, kinds.single(contextOf(context, caller, [caller]))]),
    );
    this.#kept = [...kept.values()];
    this.#all = [...kept.values(), ...single.values()];
    this.#sessions = context.operations.map(({ caller }) => {
      const name = caller?.name ?? '';
      return kept.get(name) ?? single.get(name) ?? (this.#all[0] as Session);
    });
  }

  async open(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#kept.map((session) => session.open(signal)));
  }

  #of(slot: number): Session {
    return this.#sessions[this.#context.calls[slot]?.operation ?? 0] as Session;
  }

  start(slot: number): void {
    this.#of(slot).start(slot);
  }

  abort(slot: number): void {
    this.#of(slot).abort(slot);
  }

  completion(operation: number): Completion {
    return (this.#sessions[operation] as Session).completion(operation);
  }

  /** All of them pack by the same counter. */
  bodyBytes(): BodyBytes | null {
    return this.#all[0]?.bodyBytes?.() ?? null;
  }

  reconnects(): number {
    return this.#all.reduce((sum, session) => sum + session.reconnects(), 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((session) => session.close()));
  }
}

/** Of the connections as many as the caller's share comes to, one at least. */
function contextOf(
  context: DriverContext,
  { share, headers }: OperationCaller,
  among: readonly OperationCaller[],
): DriverContext {
  const target = context.target as WebSocketTarget;
  const all = among.reduce((sum, one) => sum + one.share, 0);
  const connections = Math.max(1, Math.round((target.connections * share) / all));
  return { ...context, target: { ...target, connections, headers: { ...target.headers, ...headers } } };
}
