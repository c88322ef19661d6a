/** What stands beside the numbers of a target whose client does something of its own about failures. */
import type { SettingValue } from '../../result/result-types.ts';
import {
  type BreakerSettings,
  type FallbackSettings,
  type Resilience,
  resilienceOf,
  type Scenario,
  type Target,
} from '../../scenarios/scenario.ts';

/** Empty where all targets of the scenario do the same: then it says nothing about their difference. */
export function resilienceSemantics(
  scenario: Pick<Scenario, 'resilience' | 'targets'>,
  target: Target,
): Readonly<Record<string, SettingValue>> {
  if (Object.values(scenario.targets).every(({ resilience }) => resilience === undefined)) return {};
  const resilience = resilienceOf(scenario, target);
  const { deadlineMs, timeoutMs, idempotencyKey, reconnect, breaker, limit, fallback } = resilience;
  return {
    ...{ timeoutMs, deadlineMs, retry: retryText(resilience), idempotencyKey },
    ...(reconnect && {
      reconnects: `after ${reconnect.baseMs}–${reconnect.capMs} ms, jitter ${reconnect.jitter}`,
    }),
    ...(breaker && { circuitBreaker: breakerText(breaker) }),
    ...(limit && { concurrencyLimit: `${limit.maxConcurrent} attempts, ${limit.waiting} may wait` }),
    ...(fallback && { fallback: fallbackText(fallback) }),
  };
}

/** `no`, `4 attempts, no back-off`, `3 attempts, back-off 50–1000 ms, jitter full`. */
function retryText({ retry }: Resilience): string {
  const { attempts, backoff, baseMs, capMs, jitter, budget } = retry;
  if (attempts === 1) return 'no';
  const waits = backoff === 'none' ? 'no back-off' : `back-off ${baseMs}–${capMs} ms, jitter ${jitter}`;
  const bound = budget === undefined ? '' : `, budget ${budget.ratio} an operation and ${budget.burst}`;
  const deaf = retry.retryAfter === 'ignore' ? ', Retry-After ignored' : '';
  return `${attempts} attempts, ${waits}${bound}${deaf}`;
}

function fallbackText(fallback: FallbackSettings): string {
  if (fallback.kind === 'transport') return `the same, once, over ${fallback.to}`;
  return fallback.kind === 'stale' ? 'the last good answer' : 'a default';
}

function breakerText(breaker: BreakerSettings): string {
  const { failureRatio, windowMs, minimumOperations, openForMs, probes } = breaker;
  const opens = `opens at ${failureRatio * 100} % of ${minimumOperations} or more attempts in ${windowMs / 1e3} s`;
  return `${opens}, for ${openForMs / 1e3} s, then ${probes} ${probes === 1 ? 'probe' : 'probes'}`;
}
