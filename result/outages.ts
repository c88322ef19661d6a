/** Outages: a part or the network was away altogether. One of them is one observation, however many operations it struck. */
import { binStartUs, decodeBlockCounts, neverBin } from './block-counts.ts';
import { knownSum } from './known-sum.ts';
import { ownValue } from './own-value.ts';
import type { FaultResult, TrialResult } from './result-types.ts';

const outageFaults: Readonly<Record<string, string>> = {
  kill: 'killed',
  pause: 'paused',
  down: 'network refusing',
  timeout: 'network swallowing',
};

export function isOutageFault(fault: string): boolean {
  return Object.hasOwn(outageFaults, fault);
}

function isOutage({ fault, appliedAtMs }: FaultResult): boolean {
  return isOutageFault(fault) && appliedAtMs !== null;
}

/** `service killed`, `network refusing`. */
export function whatWasDown({ fault, settings: { part }, link }: FaultResult): string {
  const how = outageFaults[fault] ?? fault;
  if (part !== undefined) return `${part} ${how}`;
  return link === null || link === 'client' ? how : `${how} (${link} link)`;
}

/** Those that came to be, in the order of time. */
export function outagesOf(trials: readonly TrialResult[]): FaultResult[] {
  return trials.flatMap(({ faults }) => faults.filter(isOutage));
}

/** Milliseconds that it really lasted: a killed part is away until it is ready again. null: it was not undone. */
export function lengthMs({ appliedAtMs, removedAtMs }: FaultResult): number | null {
  return appliedAtMs === null || removedAtMs === null ? null : removedAtMs - appliedAtMs;
}

/** What became of the operations that were offered while faults were in force. */
export interface Struck {
  readonly offered: number;
  /** In the caller's eyes. */
  readonly ok: number;
  /** Their effect came to be in the end; null: nobody saw. */
  readonly done: number | null;
  /** The caller was told nothing or that it failed, and the effect came to be all the same; null: nobody saw. */
  readonly doneThoughNotOk: number | null;
  /** `doneThoughNotOk` may be more: some that were ok came to nothing. */
  readonly isLeast: boolean;
}

const nothing: Struck = { offered: 0, ok: 0, done: 0, doneThoughNotOk: 0, isLeast: false };

/** Over the trials, in the phase of the faults. */
export function struckIn(trials: readonly TrialResult[], operation: string): Struck {
  return trials.map((trial) => struckInTrial(trial, operation)).reduce(addStruck, nothing);
}

function struckInTrial(trial: TrialResult, operation: string): Struck {
  const counts = ownValue(trial.phases.during?.operations, operation)?.counts;
  if (counts === undefined) return nothing;
  const done = doneIn(trial, operation);
  // What was ok and came to nothing hides as many that were not ok and came to be.
  const { lost, pendingInBroker, deadLettered, refusedUnheard } = trial.ledger;
  const hidden = [lost, pendingInBroker, deadLettered, refusedUnheard].reduce<number>(
    (sum, one) => sum + (one ?? 0),
    0,
  );
  return {
    offered: counts.offered,
    ok: counts.ok,
    done,
    doneThoughNotOk: done === null ? null : Math.max(0, done - counts.ok),
    isLeast: hidden > 0,
  };
}

function addStruck(a: Struck, b: Struck): Struck {
  return {
    offered: a.offered + b.offered,
    ok: a.ok + b.ok,
    done: knownSum([a.done, b.done]),
    doneThoughNotOk: knownSum([a.doneThoughNotOk, b.doneThoughNotOk]),
    isLeast: a.isLeast || b.isLeast,
  };
}

/** By the blocks of the trial; null: nobody saw what became of them. */
function doneIn({ blocks, phases, ledger }: TrialResult, operation: string): number | null {
  if (blocks === undefined || ledger.applied === null) return null;
  const known = ownValue(phases.during?.operations, operation)?.latencyUs.applied;
  if (known === undefined || known.count === 0) return null;
  const text = ownValue(blocks.phases.during, operation)?.applied ?? '';
  return decodeBlockCounts(text)
    .toData()
    .reduce((sum, counts) => sum + (counts?.reduce((all, one, bin) => all + (bin === neverBin ? 0 : one), 0) ?? 0), 0);
}

/**
 * After the last outage was over, all of the operation that had been offered meanwhile was done within so many milliseconds;
 * null: nobody saw, or some never were. At most: blocks tell it no closer.
 */
export function doneWithinMs(trials: readonly TrialResult[], operation: string): number | null {
  let latest = 0;
  for (const trial of trials) {
    const over = outagesOf([trial]).map(({ removedAtMs }) => removedAtMs);
    const counts = ownValue(trial.phases.during?.operations, operation);
    if (counts === undefined) continue;
    if (doneIn(trial, operation) !== counts.counts.offered || over.includes(null) || over.length === 0) return null;
    const doneAtMs = lastDoneAtMs(trial, operation, (counts.latencyUs.applied.max ?? Number.POSITIVE_INFINITY) / 1e3);
    latest = Math.max(latest, doneAtMs - Math.max(...over.map(Number)));
  }
  return Number.isFinite(latest) ? latest : null;
}

/** No operation of a block was offered after the block's end, or took longer than its bin, or than the slowest of all. */
function lastDoneAtMs({ blocks }: TrialResult, operation: string, slowestMs: number): number {
  if (blocks === undefined) return Number.POSITIVE_INFINITY;
  const data = decodeBlockCounts(ownValue(blocks.phases.during, operation)?.applied ?? '').toData();
  return data.reduce((latest, counts, block) => {
    const bin = counts?.findLastIndex((count) => count > 0) ?? -1;
    if (bin < 0) return latest;
    const tookMs = Math.min(slowestMs, binStartUs(bin + 1) / 1e3);
    return Math.max(latest, (block + 1) * blocks.blockMs + tookMs);
  }, 0);
}
