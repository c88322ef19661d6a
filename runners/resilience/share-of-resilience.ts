/** The client's limits shared out among the load threads, each of which is a client of its own. */
import type { Resilience } from '../../scenarios/scenario.ts';

export function shareOfResilience(resilience: Resilience, workers: number): Resilience {
  const { retry, breaker } = resilience;
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
  };
}
