/** Parts of a plan that stand in files of the run's host: their contents travel, and each agent has files of its own. */
import { readFileSync } from 'node:fs';
import type { LoadPlan } from '../load/worker-messages.ts';
import { mapStrings } from './plan-secrets.ts';

type Naming = Pick<LoadPlan, 'load' | 'target'>;

/** By path, as `told` has it: the plan that agents are given. Throws when a file cannot be read. */
export function filesOf(plan: Naming, told: Naming): Readonly<Record<string, Uint8Array>> {
  const names = namedFiles(told);
  return Object.fromEntries(namedFiles(plan).map((path, n) => [names[n] ?? path, readFileSync(path)]));
}

/** `files`: where an agent has put them, by the path in its plan. */
export function withFiles<Plan>(plan: Plan, files: ReadonlyMap<string, string>): Plan {
  return files.size === 0 ? plan : (mapStrings(plan, (text) => files.get(text) ?? text) as Plan);
}

/**
 * Recorded arrivals, and the certificates that were made for the run with the key of its clients. Those of an own system
 * are the user's: each agent has its own.
 */
function namedFiles({ load, target: { address, tls } }: Naming): string[] {
  const recorded = load.model === 'open' && load.recording !== null ? [load.recording.path] : [];
  const made = address === undefined ? [tls?.ca, tls?.cert, tls?.key] : [];
  return [...recorded, ...made.flatMap((path) => path ?? [])];
}
