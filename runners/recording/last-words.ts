/** What the services of a trial said at their ends, taken together. */

import type { BrokerRequests, LastWords } from '../../targets/domain/host-service.ts';
import type { StoreFailures } from '../../targets/domain/order-store.ts';
import type { OverflowCounts } from '../../targets/publish/publications.ts';

/** By name; null: killed meanwhile, or it did not say. */
export type AllLastWords = Readonly<Record<string, LastWords | null>>;

/** Over all accounts of all services; null: not known. */
export function chargedCentsOf(all: AllLastWords): number | null {
  return sumOf(all, ({ chargedCents }) => chargedCents);
}

/** Over all that are in a consumer group; null: there is none, or it is not known. */
export function rebalancesOf(all: AllLastWords): number | null {
  return sumOf(all, ({ rebalances }) => rebalances);
}

/** Over all that have a broker which is paid by them; null: there is none, or it is not known. */
export function brokerRequestsOf(all: AllLastWords): BrokerRequests | null {
  const of = (figure: keyof BrokerRequests) => sumOf(all, ({ brokerRequests }) => brokerRequests?.[figure] ?? null);
  const [receives, deletes, returns, replies] = [of('receives'), of('deletes'), of('returns'), of('replies')];
  if (receives === null || deletes === null || returns === null || replies === null) return null;
  return { receives, deletes, returns, replies };
}

/** Over all that said so; killed services may have had more. */
export function storeFailuresOf(all: AllLastWords): StoreFailures {
  const said = Object.values(all).flatMap((words) => words?.storeFailures ?? []);
  return {
    requests: said.reduce((sum, { requests }) => sum + requests, 0),
    why: said.find(({ requests }) => requests > 0)?.why ?? '',
  };
}

/** Of what publishes; null: nothing does, or it is not known. */
export function overflowOf(all: AllLastWords): OverflowCounts | null {
  const told = Object.values(all).flatMap((words) => words?.overflow ?? []);
  const sum = (key: keyof OverflowCounts) => told.reduce((total, one) => total + one[key], 0);
  if (told.length === 0 || Object.values(all).includes(null)) return null;
  return { dropped: sum('dropped'), disconnected: sum('disconnected'), blockedMs: Math.round(sum('blockedMs')) };
}

/** By process what was asked of it; null: killed meanwhile, or it did not say. */
export function askedOf(all: AllLastWords): Readonly<Record<string, number | null>> {
  return Object.fromEntries(Object.entries(all).map(([name, words]) => [name, words?.operations ?? null]));
}

/** A figure that a service does not have counts for nothing beside those of others. */
function sumOf(all: AllLastWords, figure: (words: LastWords) => number | null): number | null {
  let sum: number | null = null;
  for (const words of Object.values(all)) {
    if (words === null) return null;
    const value = figure(words);
    if (value !== null) sum = (sum ?? 0) + value;
  }
  return sum;
}
