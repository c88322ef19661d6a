import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { resilienceSemantics } from './describe-resilience.ts';

/** What stands beside the numbers of each target. */
function semanticsOf(targets: string) {
  const reading = parseScenario(
    `name: s\nworkload: { operations: { getOrder: {} } }\nload: { model: open, rate: 1/s }\ntargets: { ${targets} }\n`,
    { path: 's.yaml', env: {} },
  );
  if (!reading.ok) throw new Error(reading.problems.map(({ message }) => message).join('; '));
  const { scenario } = reading;
  return Object.values(scenario.targets).map((target) => resilienceSemantics(scenario, target));
}

describe('resilienceSemantics', () => {
  it('says nothing where all targets do the same', () => {
    expect(semanticsOf('a: { protocol: rest }, b: { protocol: grpc }')).toEqual([{}, {}]);
  });

  it('says it of all targets as soon as one differs', () => {
    const retry = '{ attempts: 4, backoff: none, retryAfter: ignore, budget: {} }';
    const others = 'breaker: { window: 500ms, probes: 2 }, limit: { maxConcurrent: 8 }, fallback: true, deadline: 1s';
    const [plain, own] = semanticsOf(
      `a: { protocol: rest }, b: { protocol: rest, resilience: { retry: ${retry}, ${others} } }`,
    );
    expect(plain).toEqual({ timeoutMs: 2_000, deadlineMs: 2_000, retry: 'no', idempotencyKey: false });
    expect(own).toEqual({
      timeoutMs: 1_000,
      deadlineMs: 1_000,
      retry: '4 attempts, no back-off, budget 0.1 an operation and 10, Retry-After ignored',
      idempotencyKey: false,
      circuitBreaker: 'opens at 50 % of 20 or more attempts in 0.5 s, for 5 s, then 2 probes',
      concurrencyLimit: '8 attempts, 0 may wait',
      fallback: 'a default',
    });
  });
});
