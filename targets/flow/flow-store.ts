/**
 * What a part of a flow keeps, in a file of its own: the entry its orders and how far their flows are, a participant what it
 * did and undid, each of them events that are not published yet.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CommitGroup } from '../domain/commit-group.ts';
import { databaseErrorText, openDatabase } from '../domain/order-database.ts';
import type { StoreFailure, StoreFailures } from '../domain/order-store.ts';

const schema = `
CREATE TABLE IF NOT EXISTS steps (id TEXT PRIMARY KEY, key TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS flows (
  id TEXT PRIMARY KEY, key TEXT NOT NULL, direction TEXT NOT NULL, step INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
  number INTEGER PRIMARY KEY, event TEXT NOT NULL, id TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL
);
`;

/** `void`: undone before it was done, and never done then. */
export type StepState = 'done' | 'refused' | 'undone' | 'void';

export interface KeptStep {
  readonly id: string;
  readonly state: StepState;
}

/** A flow on its way; `step`: which is being done, or undone. */
export interface KeptFlow {
  readonly id: string;
  readonly key: string;
  readonly direction: 'forward' | 'back';
  readonly step: number;
}

export interface OutboxEvent {
  readonly number: number;
  readonly event: string;
  readonly id: string;
  readonly key: string;
  readonly payload: string;
}

export class FlowStore {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #commits: CommitGroup;
  #isClosed = false;

  /** Throws with what is wrong with the file. */
  constructor(path: string, beforeCommit: (requestId: string) => void) {
    try {
      this.#database = openDatabase(path);
      this.#database.exec(schema);
      this.#statements = prepareStatements(this.#database);
    } catch (error) {
      throw new Error(`its store ${path} can't be used: ${databaseErrorText(error)}`);
    }
    this.#commits = new CommitGroup(this.#database, beforeCommit);
  }

  get failures(): StoreFailures {
    return this.#commits.failures;
  }

  /** Calls `done` once what `work` changed is kept. `effectOf`: an id; null: a note that is no effect. */
  keep<Result>(effectOf: string | null, work: () => Result, done: (result: Result | StoreFailure) => void): void {
    if (this.#isClosed) return; // nobody is told any more
    this.#commits.run(effectOf, work, done);
  }

  hasOrder(id: string): boolean {
    return this.#statements.order.get(id) !== undefined;
  }

  putOrder(id: string, key: string, payload: string): void {
    this.#statements.insertOrder.run(id, key, payload, id);
  }

  orders(): string[] {
    return this.#statements.orders.all().map(({ id }) => String(id));
  }

  step(id: string): StepState | null {
    return (this.#statements.step.get(id)?.state as StepState | undefined) ?? null;
  }

  /** `key`: of the first time, also for those who later do not say it. */
  putStep(id: string, key: string, state: StepState): void {
    this.#statements.putStep.run(id, key, state);
  }

  /** Of a step that is kept. */
  keyOf(id: string): string {
    return String(this.#statements.step.get(id)?.key ?? '');
  }

  steps(): KeptStep[] {
    return this.#statements.steps.all().map(({ id, state }) => ({ id: String(id), state: state as StepState }));
  }

  charge(account: string, cents: number, id: string): void {
    this.#statements.insertPayment.run(account, cents, id);
  }

  putFlow({ id, key, direction, step }: KeptFlow): void {
    this.#statements.putFlow.run(id, key, direction, step);
  }

  dropFlow(id: string): void {
    this.#statements.dropFlow.run(id);
  }

  flows(): KeptFlow[] {
    return this.#statements.flows.all().map(({ id, key, direction, step }) => ({
      ...{ id: String(id), key: String(key), step: Number(step) },
      direction: direction as KeptFlow['direction'],
    }));
  }

  putEvent({ event, id, key, payload }: Omit<OutboxEvent, 'number'>): void {
    this.#statements.putEvent.run(event, id, key, payload);
  }

  /** The oldest. */
  events(limit: number): OutboxEvent[] {
    return this.#statements.events.all(limit).map(({ number, event, id, key, payload }) => ({
      ...{ number: Number(number), event: String(event), id: String(id), key: String(key), payload: String(payload) },
    }));
  }

  eventIds(): string[] {
    return this.#statements.eventIds.all().map(({ id }) => String(id));
  }

  dropEvent(number: number): void {
    this.#statements.dropEvent.run(number);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#commits.commit();
    this.#isClosed = true;
    this.#database.close();
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    order: database.prepare('SELECT 1 FROM orders WHERE id = ?'),
    orders: database.prepare('SELECT id FROM orders'),
    insertOrder: database.prepare(
      `INSERT INTO orders (id, version, key, payload, status, request) VALUES (?, 1, ?, ?, 'placed', ?)`,
    ),
    step: database.prepare('SELECT key, state FROM steps WHERE id = ?'),
    steps: database.prepare('SELECT id, state FROM steps'),
    putStep: database.prepare(
      `INSERT INTO steps (id, key, state) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state`,
    ),
    insertPayment: database.prepare('INSERT INTO payments (account, cents, request) VALUES (?, ?, ?)'),
    putFlow: database.prepare(
      `INSERT INTO flows (id, key, direction, step) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET direction = excluded.direction, step = excluded.step`,
    ),
    dropFlow: database.prepare('DELETE FROM flows WHERE id = ?'),
    flows: database.prepare('SELECT * FROM flows'),
    putEvent: database.prepare('INSERT INTO outbox (event, id, key, payload) VALUES (?, ?, ?, ?)'),
    events: database.prepare('SELECT * FROM outbox ORDER BY number LIMIT ?'),
    eventIds: database.prepare('SELECT id FROM outbox'),
    dropEvent: database.prepare('DELETE FROM outbox WHERE number = ?'),
  } satisfies Record<string, StatementSync>;
}
