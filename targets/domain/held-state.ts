/**
 * Whose effects the services of a trial hold at its end: of a store in memory as it says itself before it goes, of a file
 * as it is found there.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { flowSteps } from '../../result/flow-steps.ts';
import { flowEntry } from '../../scenarios/flow-settings.ts';
import type { StoreName } from '../../scenarios/scenario.ts';
import { DistinctOperations } from './distinct-operations.ts';
import { addHeld } from './held-file.ts';
import { parseOperationId } from './operation-id.ts';
import { openDatabase } from './order-database.ts';

export interface HeldState {
  readonly operations: DistinctOperations;
  /** Over all accounts in the file; null: they were in the memory of processes. */
  readonly chargedCents: number | null;
}

/** Where the state of a service is to be found, and how. `gone`: its process had ended, and held nothing any more. */
export interface StatePlace {
  /** Name of the service; left out: there is one. */
  readonly part?: string;
  /** `log`: it says itself what its log came to. */
  readonly store: StoreName | 'log';
  readonly path: string;
  readonly gone: boolean;
}

/** Of all of them together; null: not known, since one of them did not say or can't be read. */
export function readHeld(places: readonly StatePlace[]): HeldState | null {
  const operations = new DistinctOperations();
  let chargedCents: number | null = null;
  const seen = new Set<string>(); // processes of one service may share a file
  for (const { store, path, gone } of places) {
    if (seen.has(path)) continue;
    seen.add(path);
    if (store === 'memory' && gone) continue;
    if (!existsSync(path)) return null;
    if (store !== 'file') addHeld(path, operations);
    else {
      const cents = addFromFile(path, operations);
      if (cents === null) return null;
      chargedCents = (chargedCents ?? 0) + cents;
    }
  }
  return { operations, chargedCents };
}

/** Of a flow: the entry holds the orders, and the participant that takes payments has the accounts. */
export function readHeldByFlow(places: readonly StatePlace[]): HeldState | null {
  const of = (name: string) => readHeld(places.filter(({ part }) => part === name));
  const orders = of(flowEntry);
  const payments = of(flowSteps[0]);
  return orders && { operations: orders.operations, chargedCents: payments?.chargedCents ?? null };
}

/** Nobody needs it any more: a run has many trials. */
export async function removeStates(places: readonly StatePlace[]): Promise<void> {
  const files = places.flatMap(({ path }) => [path, `${path}-wal`, `${path}-shm`, `${path}.snapshot`]);
  await Promise.all(files.map((file) => rm(file, { force: true })));
}

/** Returns what the accounts come to; null: it can't be read. */
function addFromFile(path: string, operations: DistinctOperations): number | null {
  try {
    const database = openDatabase(path);
    try {
      const requests = 'SELECT request FROM orders WHERE request IS NOT NULL UNION ALL SELECT request FROM payments';
      for (const { request } of database.prepare(requests).iterate()) {
        const id = parseOperationId(String(request));
        if (id !== null) operations.add(id);
      }
      const { cents } = database.prepare('SELECT coalesce(sum(cents), 0) AS cents FROM payments').get() ?? {};
      return Number(cents);
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}
