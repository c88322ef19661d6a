/**
 * The database of a store in a file, SQLite of the runtime: a write-ahead log that is flushed at each commit, and locks that
 * are waited for, since several processes of one service may share it. A row for each version of an order and for each
 * payment, with the request that made it.
 */
import { DatabaseSync } from 'node:sqlite';

/** For another process's commit, which takes a flush. */
const busyTimeoutMs = 2_000;

const schema = `
CREATE TABLE IF NOT EXISTS orders (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL,
  status TEXT NOT NULL, request TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS orders_by_id ON orders (id, version);
CREATE INDEX IF NOT EXISTS first_versions ON orders (version) WHERE version = 1;
CREATE TABLE IF NOT EXISTS payments (
  number INTEGER PRIMARY KEY, account TEXT NOT NULL, cents INTEGER NOT NULL, request TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS requests (
  id TEXT PRIMARY KEY, code TEXT NOT NULL, "order" TEXT, version INTEGER, key TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS accepted (
  number INTEGER PRIMARY KEY, part INTEGER NOT NULL, id TEXT NOT NULL, request TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS accepted_by_id ON accepted (id);
`;

/** Throws where it can be neither opened nor made. */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    database.exec(schema);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** As SQLite puts it. */
export function databaseErrorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
