/** State in a file, committed before anybody is told; see CommitGroup for what shares a commit. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CommitGroup } from './commit-group.ts';
import { databaseErrorText, openDatabase } from './order-database.ts';
import type { Access, OrderState, OrderStore, StoreFailure, StoreFailures, StoreOptions } from './order-store.ts';
import { type Order, type OrderReply, type OrderReplyCode, type OrderRequest, orderOfPopulation } from './orders.ts';
import { populationIds } from './service-options.ts';

export class FileStore implements OrderStore, OrderState {
  /** Of all that share the file, so that no process alone can say it. */
  readonly chargedCents = null;
  readonly #options: StoreOptions;
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #commits: CommitGroup;
  #isClosed = false;

  /** Throws with what is wrong with the file. */
  constructor(options: StoreOptions) {
    this.#options = options;
    try {
      this.#database = openDatabase(options.statePath);
      this.#statements = prepareStatements(this.#database);
      this.#commits = new CommitGroup(this.#database, options.beforeCommit);
      this.#seed(options);
    } catch (error) {
      throw new Error(`its store ${options.statePath} can't be used: ${databaseErrorText(error)}`);
    }
  }

  get failures(): StoreFailures {
    return this.#commits.failures;
  }

  /** Once: an earlier life of the service, or another process of it, may have done so. */
  #seed({ population }: StoreOptions): void {
    this.#database.exec('BEGIN IMMEDIATE');
    if (this.#statements.first.get(1) === undefined) {
      for (const id of populationIds(population)) this.#insert(orderOfPopulation(id), null);
    }
    this.#database.exec('COMMIT');
  }

  run<Result>(
    { kind, requestId }: Access,
    work: (state: OrderState) => Result,
    done: (result: Result | StoreFailure) => void,
  ): void {
    if (this.#isClosed) return; // nobody is told any more
    if (kind === 'read' && this.#commits.isIdle) this.#read(work, done);
    else this.#commits.run(kind === 'effect' ? requestId : null, () => work(this), done);
  }

  #read<Result>(work: (state: OrderState) => Result, done: (result: Result | StoreFailure) => void): void {
    let result: Result;
    try {
      result = work(this);
    } catch (error) {
      this.#commits.fail(error, done);
      return;
    }
    done(result);
  }

  order(id: string): Order | null {
    return orderOf(this.#statements.latest.get(id));
  }

  put(order: Order, requestId: string): void {
    this.#insert(order, requestId);
  }

  #insert({ id, version, key, payload, status }: Order, requestId: string | null): void {
    this.#statements.insertOrder.run(id, version, key, payload, status, requestId);
  }

  first(limit: number): Order[] {
    return this.#statements.first.all(limit).flatMap(({ id }) => this.order(String(id)) ?? []);
  }

  charge(account: string, cents: number, requestId: string): void {
    this.#statements.insertPayment.run(account, cents, requestId);
  }

  keepAccepted(request: OrderRequest): void {
    this.#statements.insertAccepted.run(this.#options.part, request.requestId, JSON.stringify(request));
  }

  dropAccepted(requestId: string): void {
    this.#statements.deleteAccepted.run(requestId);
  }

  accepted(): OrderRequest[] {
    const rows = this.#statements.accepted.all(this.#options.part);
    return rows.map(({ request }) => JSON.parse(String(request)) as OrderRequest);
  }

  remember(requestId: string, { code, order }: OrderReply): void {
    const { id = null, version = null, key = null } = order ?? {};
    this.#statements.insertRequest.run(requestId, code, id, version, key);
  }

  recall(requestId: string): OrderReply | null {
    const row = this.#rowOf(requestId);
    if (row === undefined) return null;
    const code = row.code as OrderReplyCode;
    const { order: id, version } = row;
    if (typeof id !== 'string' || typeof version !== 'number') return { code, order: null };
    // A payment is no order, and all of it is in the row.
    const paid: Order = { id, key: String(row.key), payload: '', status: 'paid', version };
    return { code, order: orderOf(this.#statements.version.get(id, version)) ?? paid };
  }

  /** A file that can't be read knows of nothing; what comes of the request then fails with its change. */
  #rowOf(requestId: string): ReturnType<StatementSync['get']> {
    try {
      return this.#statements.request.get(requestId);
    } catch {
      return undefined;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#commits.commit();
    this.#isClosed = true;
    this.#database.close();
  }
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: DatabaseSync) {
  return {
    latest: database.prepare('SELECT * FROM orders WHERE id = ? ORDER BY version DESC LIMIT 1'),
    version: database.prepare('SELECT * FROM orders WHERE id = ? AND version = ?'),
    first: database.prepare('SELECT id FROM orders WHERE version = 1 ORDER BY number LIMIT ?'),
    insertOrder: database.prepare(
      'INSERT INTO orders (id, version, key, payload, status, request) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    insertPayment: database.prepare('INSERT INTO payments (account, cents, request) VALUES (?, ?, ?)'),
    request: database.prepare('SELECT * FROM requests WHERE id = ?'),
    insertRequest: database.prepare(
      'INSERT OR IGNORE INTO requests (id, code, "order", version, key) VALUES (?, ?, ?, ?, ?)',
    ),
    accepted: database.prepare('SELECT request FROM accepted WHERE part = ? ORDER BY number'),
    insertAccepted: database.prepare('INSERT INTO accepted (part, id, request) VALUES (?, ?, ?)'),
    deleteAccepted: database.prepare('DELETE FROM accepted WHERE id = ?'),
  } satisfies Record<string, StatementSync>;
}

function orderOf(row: ReturnType<StatementSync['get']>): Order | null {
  if (row === undefined) return null;
  const { id, key, payload, status, version } = row;
  return {
    ...{ id: String(id), key: String(key), payload: String(payload), version: Number(version) },
    status: status as Order['status'],
  };
}
