/**
 * How much of a latency is the service that answers, and so no word about the protocol: what it took by its own evidence
 * (received → applied, places waited for included), or its CPU, whichever is more. The two overlap, so they are not added,
 * and the share is a lower bound.
 */
import { ownValue } from './own-value.ts';
import type { PhaseName, TrialResult } from './result-types.ts';

export interface ServicePart {
  /** Median of received → applied. */
  readonly inServiceUs: number;
  /** An operation of any kind; null: not known. */
  readonly cpuUs: number | null;
  /** Median of intended start → answer. */
  readonly latencyUs: number;
  /** Operations that were answered. */
  readonly count: number;
  /** 0–1 of the latency. */
  readonly share: number;
}

/** From here on a figure tells more of the service than of the protocol. */
export const dominatingShare = 0.5;

/** Of operations whose answer waits for the work; null: it does not, or nobody put on record how long that took. */
export function servicePartOf(
  { phases, cpu }: Pick<TrialResult, 'phases' | 'cpu'>,
  phase: PhaseName,
  operation: string,
): ServicePart | null {
  const { inServiceUs, latencyUs } = ownValue(phases[phase]?.operations, operation) ?? {};
  const [taken, whole] = [inServiceUs?.p50 ?? null, latencyUs?.offered.p50 ?? null];
  if (taken === null || whole === null || whole === 0) return null;
  const { serviceUsPerOperation: cpuUs } = cpu;
  const share = Math.min(1, Math.max(taken, cpuUs ?? 0) / whole);
  return { inServiceUs: taken, cpuUs, latencyUs: whole, count: latencyUs?.response.count ?? 0, share };
}

/** Without faults, or before the first: by operation, where it is known. */
export function serviceParts(trial: Pick<TrialResult, 'phases' | 'cpu'>): ReadonlyMap<string, ServicePart> {
  const phase = trial.phases.steady === undefined ? 'before' : 'steady';
  const parts = Object.keys(trial.phases[phase]?.operations ?? {}).flatMap((name): [string, ServicePart][] => {
    const part = servicePartOf(trial, phase, name);
    return part === null ? [] : [[name, part]];
  });
  return new Map(parts);
}

/** Of all such operations together; null: not known. */
export function serviceShareOf(trial: Pick<TrialResult, 'phases' | 'cpu'>): number | null {
  let [taken, whole] = [0, 0];
  for (const { share, latencyUs, count } of serviceParts(trial).values()) {
    taken += share * latencyUs * count;
    whole += latencyUs * count;
  }
  return whole === 0 ? null : taken / whole;
}
