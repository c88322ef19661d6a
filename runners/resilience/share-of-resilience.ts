/** The client's limits shared out among the load threads, each of which is a client of its own. */
import type { Resilience } from '../../scenarios/scenario.ts';

/** `worker`: its number, from 0. */
export function shareOfResilience(resilience: Resilience, worker: number, workers: number): Resilience {
  const { retry, breaker, limit } = resilience;
  const share = (whole: number) => Math.floor(whole / workers) + (worker < whole % workers ? 1 : 0);
  const budget = retry.budget && { ...retry.budget, burst: Math.max(1, retry.budget.burst / workers) };
  const ownBreaker = breaker && {
    ...breaker,
    minimumOperations: Math.ceil(breaker.minimumOperations / workers),
    probes: Math.ceil(breaker.probes / workers),
  };
  return {
    ...resilience,
    retry: { ...retry, ...(budget && { budget }) },
    ...(ownBreaker && { breaker: ownBreaker }),
    ...(limit && { limit: { maxConcurrent: Math.max(1, share(limit.maxConcurrent)), waiting: share(limit.waiting) } }),
  };
}
