/** What of a load plan is one worker's. */
import { join } from 'node:path';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { readArrivalFile } from '../../scenarios/arrival-file.ts';
import { NamedFileError } from '../../scenarios/named-file.ts';
import type { ClosedLoad, OpenLoad } from '../../scenarios/scenario.ts';
import type { Call } from '../../targets/driver.ts';
import { rotated } from '../../targets/driver-kit/client-socket.ts';
import { connectionShare } from '../../targets/driver-kit/connection-keeper.ts';
import { SampleLog } from '../recording/sample-log.ts';
import type { ArrivalSpec } from '../schedule/arrival-schedule.ts';
import { createPayloadPool } from '../schedule/payload-pool.ts';
import { stagesOf } from '../schedule/planned-rate.ts';
import { ArrivalCursor } from './arrival-cursor.ts';
import { usersAt } from './closed-users.ts';
import type { PlannedWarmup } from './load-clock.ts';
import { pacingFor } from './pacer.ts';
import type { LoadPlan } from './worker-messages.ts';

export function timeoutsOf({ operations, resilience }: LoadPlan): number[] {
  return operations.map(({ timeoutMs }) => timeoutMs ?? resilience.timeoutMs);
}

/** Over several instances the connections of all workers together go on in turn. */
export function addressFor({ target, address, workers }: LoadPlan, worker: number): string {
  if (!('connections' in target) || (target.instances ?? 1) === 1) return address;
  let before = 0;
  for (let other = 0; other < worker; other++) before += connectionShare(target.connections, other, workers);
  return rotated(address, before);
}

/** By operation. Callers of one operation send the same bodies. */
export function payloadPools(operations: LoadPlan['operations'], seed: number): Buffer[][] {
  const pools = new Map<string, Buffer[]>();
  return operations.map(({ name, payload }) => {
    const pool = pools.get(name) ?? (payload === null ? [] : createPayloadPool(payload, seed));
    pools.set(name, pool);
    return pool;
  });
}

export function logPathOf({ logFolder, trialTag }: LoadPlan, worker: number): string | null {
  return logFolder === null ? null : join(logFolder, `${trialTag}-${worker}.operations`);
}

export function sampleLogOf({ samples, operations, windows }: LoadPlan, worker: number): SampleLog | null {
  if (samples === undefined || samples === null) return null;
  const names = operations.map(({ name }) => name);
  const phases = windows.map(({ name }) => name);
  return new SampleLog(samples, worker, names, phases);
}

/** Operations, or users, that the worker may have in flight. */
export function slotsFor({ load, workers }: LoadPlan, worker: number): number {
  return partOf(load.model === 'open' ? load.maxInFlight : load.users, workers, worker);
}

/** The worker's part of the users at a time, ms from the end of warm-up; null: always all. */
export function usersFor({ workers }: LoadPlan, load: ClosedLoad, worker: number): ((atMs: number) => number) | null {
  const { userStages: stages } = load;
  return stages === undefined ? null : (atMs) => partOf(usersAt(stages, atMs), workers, worker);
}

/** Of so many, shared out as evenly as whole ones can be. */
export function partOf(all: number, workers: number, worker: number): number {
  return Math.floor(all / workers) + (worker < all % workers ? 1 : 0);
}

export function arrivalsOf({ seed, workers }: LoadPlan, load: OpenLoad, worker: number, warmup: PlannedWarmup) {
  const stages = stagesOf(load);
  const { arrivals, recording } = load;
  const recordedUs = recording === null ? undefined : recordedArrivals(recording);
  const spec: ArrivalSpec = { arrivals, stages, seed, recordedUs };
  return { spec, cursor: new ArrivalCursor(spec, warmup, worker, workers), pacing: pacingFor(load.ratePerSecond) };
}

/** It was readable when the scenario was. */
function recordedArrivals({ path, unit }: NonNullable<OpenLoad['recording']>): Float64Array {
  try {
    return readArrivalFile(path, unit);
  } catch (cause) {
    if (!(cause instanceof NamedFileError)) throw cause;
    const hint = 'It has changed since the scenario was read; start the run again.';
    throw new BenchError('arrivalFile', `${path}: ${cause.message}`, { hint, exitCode: exitCodes.usage, cause });
  }
}

export function emptyCall(): Call {
  return { operation: 0, id: '', key: '', sequence: 0, payload: 0, attempt: 0, random: 0 };
}

export type WorkerArrivals = ReturnType<typeof arrivalsOf>;
