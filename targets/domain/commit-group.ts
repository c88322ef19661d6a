/**
 * Changes of a database that come in one turn of the event loop share a commit, since the flush is what a commit costs; each
 * waits for it all the same.
 */
import type { DatabaseSync } from 'node:sqlite';
import { databaseErrorText } from './order-database.ts';
import { StoreFailure, type StoreFailures } from './order-store.ts';

interface Waiting {
  /** A request id; null: of none. */
  readonly effectOf: string | null;
  readonly committed: () => void;
  readonly failed: (failure: StoreFailure) => void;
}

export class CommitGroup {
  readonly #database: DatabaseSync;
  readonly #beforeCommit: (requestId: string) => void;
  /** Changes that the next commit keeps. */
  #waiting: Waiting[] = [];
  #failures: StoreFailures = { requests: 0, why: '' };

  /** `beforeCommit`: just before the effect of a request is kept. */
  constructor(database: DatabaseSync, beforeCommit: (requestId: string) => void) {
    this.#database = database;
    this.#beforeCommit = beforeCommit;
  }

  get failures(): StoreFailures {
    return this.#failures;
  }

  /** Nothing waits for a commit. */
  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  /** Calls `done` once what `work` changed is kept, or with why it is not. `effectOf`: see `beforeCommit`; null: no effect. */
  run<Result>(effectOf: string | null, work: () => Result, done: (result: Result | StoreFailure) => void): void {
    let result: Result;
    try {
      if (!this.#database.isTransaction) this.#database.exec('BEGIN IMMEDIATE');
      result = work();
    } catch (error) {
      this.fail(error, done);
      return;
    }
    if (this.#waiting.push({ effectOf, committed: () => done(result), failed: done }) === 1) {
      setImmediate(() => this.commit());
    }
  }

  commit(): void {
    if (this.#waiting.length === 0) return;
    for (const { effectOf } of this.#waiting) if (effectOf !== null) this.#beforeCommit(effectOf);
    try {
      this.#database.exec('COMMIT');
    } catch (error) {
      this.fail(error);
      return;
    }
    const committed = this.#waiting;
    this.#waiting = [];
    for (const one of committed) one.committed();
  }

  /** Nothing of the transaction is kept, so all that wait for it are told. */
  fail(error: unknown, alsoFailed?: Waiting['failed']): void {
    const why = databaseErrorText(error);
    const failed = [...this.#waiting.map((one) => one.failed), ...(alsoFailed === undefined ? [] : [alsoFailed])];
    this.#waiting = [];
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled it back itself.
    }
    if (this.#failures.requests === 0) process.stderr.write(`the store keeps nothing: ${why}\n`);
    this.#failures = { requests: this.#failures.requests + failed.length, why: this.#failures.why || why };
    for (const tell of failed) tell(new StoreFailure(why));
  }
}
