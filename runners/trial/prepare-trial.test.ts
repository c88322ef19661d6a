import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../scenarios/gateway.ts';
import type { OpenLoad, Request, RestRequest, Target } from '../../scenarios/scenario.ts';
import { requireScenario } from '../../scenarios/schema/load-scenario.ts';
import { loadProtocol } from '../../targets/registry.ts';
import { countArrivals, createArrivalSchedule } from '../schedule/arrival-schedule.ts';
import { OperationMix } from '../schedule/operation-mix.ts';
import { plannedRate, stagesOf } from '../schedule/planned-rate.ts';
import { loadPlanFor, operationShares, prepareTrial, repeatSeed } from './prepare-trial.ts';
import { trialCallers } from './trial-callers.ts';

const { scenario } = requireScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'order-flow.yaml'), {
  env: {},
});
const load = scenario.load as OpenLoad;

async function planOf(name: string, repeat: number) {
  const target = scenario.targets[name] as Target;
  const prepared = prepareTrial(scenario, target, await loadProtocol(target), repeat);
  return loadPlanFor(scenario, prepared, [], { address: '127.0.0.1:1', proxied: false });
}

const draws = (seed: number) => {
  const schedule = createArrivalSchedule({ arrivals: 'poisson', stages: stagesOf(load), seed });
  const mix = new OperationMix({ seed, weights: [1, 2, 3], keys: { count: 1_000, distribution: 'zipf' } });
  return Array.from({ length: 50 }, (_, n) => [schedule.offsetUs(n), mix.operation(n), mix.key(n)]);
};

describe('callers', () => {
  const target = scenario.targets.rest as Target;
  const callers = {
    paying: { share: 0.75, holds: 'valid' },
    anonymous: { share: 0.25, holds: 'none' },
  } as const;
  const gateway = { kind: 'envoy', auth: 'jwt' } as Gateway;
  const prepare = async (asks: boolean) => {
    const called = { ...scenario, workload: { ...scenario.workload, callers } };
    const asking = { ...target, ...(asks && { gateway }) } as Target;
    const entry = await loadProtocol(target);
    return prepareTrial(called, asking, entry, 1, await trialCallers(called, asking));
  };

  it('send each of the operations that would be sent without them', async () => {
    const { operations } = await prepare(true);
    const plain = prepareTrial(scenario, target, await loadProtocol(target)).operations;
    const keys = { count: 10, distribution: 'uniform' } as const;
    const mixOf = (all: typeof operations) =>
      new OperationMix({ seed: 5, weights: all.map(({ weight }) => weight), keys });
    const [mix, plainMix] = [mixOf(operations), mixOf(plain)];
    const drawn = Array.from({ length: 2_000 }, (_, n) => operations[mix.operation(n)]);
    expect(drawn.map((one) => one?.name)).toEqual(drawn.map((_, n) => plain[plainMix.operation(n)]?.name));
    const anonymous = drawn.filter((one) => one?.caller?.name === 'anonymous').length;
    expect(anonymous / 2_000).toBeGreaterThan(0.2);
    expect(anonymous / 2_000).toBeLessThan(0.3);
    expect(operations.map(({ index }) => index)).toEqual(operations.map((_, n) => n));
  });

  it('show what they hold where they are asked, and may be served by that', async () => {
    const headersOf = ({ request }: { readonly request: Request }) => (request as RestRequest).headers;
    const [paying, anonymous] = (await prepare(true)).operations;
    expect([paying?.caller?.mayBeServed, anonymous?.caller?.mayBeServed]).toEqual([true, false]);
    expect(paying && headersOf(paying)).toMatchObject({ 'x-caller': 'paying', authorization: expect.any(String) });
    expect(anonymous && headersOf(anonymous)).toMatchObject({ 'x-caller': 'anonymous' });
    expect(anonymous && headersOf(anonymous)).not.toHaveProperty('authorization');
    const { operations, credentials } = await prepare(false);
    expect(operations.every(({ caller }) => caller?.mayBeServed)).toBe(true);
    expect(credentials).toBeNull();
  });
});

describe('an own system', () => {
  const own = (more: object) =>
    prepareOwn({ address: 'x', engine: 'native', via: 'direct', ...more } as unknown as Target);
  const prepareOwn = async (target: Target) => {
    const { operations } = prepareTrial(
      {
        ...scenario,
        workload: { ...scenario.workload, operations: { ping: { weight: 1, pattern: 'request-reply' } } },
      },
      { ...target, name: 'own' },
      await loadProtocol(target),
    );
    return operations[0]?.request;
  };
  const value = '00-{{traceId}}-{{spanId}}-01';

  it.each([
    ['rest', 'headers'],
    ['grpc', 'metadata'],
    ['queue', 'headers'],
    ['stream', 'headers'],
  ])('by %s is sent a traceparent in its %s, unless it says otherwise', async (protocol, key) => {
    const requests = { ping: { [key]: { a: 'b' } } };
    expect(await own({ protocol, requests })).toEqual({ [key]: { a: 'b', traceparent: value } });
    const unsampled = await own({ protocol, requests, traceparent: 'unsampled' });
    expect(unsampled).toMatchObject({ [key]: { traceparent: '00-{{traceId}}-{{spanId}}-00' } });
    expect(await own({ protocol, requests, traceparent: 'off' })).toEqual(requests.ping);
    const given = { ping: { [key]: { TraceParent: 'mine' } } };
    expect(await own({ protocol, requests: given })).toEqual(given.ping);
  });

  it('by another engine is sent none, for each of its requests is like the one before', async () => {
    const requests = { ping: { headers: {} } };
    expect(await own({ protocol: 'rest', engine: 'autocannon', requests })).toEqual(requests.ping);
  });
});

describe('arrivals, operations and keys', () => {
  it('are the same for all targets of a repeat, and drawn anew in the next one', async () => {
    const [rest, stream, again, second] = await Promise.all([
      planOf('rest', 1),
      planOf('stream', 1),
      planOf('rest', 1),
      planOf('rest', 2),
    ]);
    expect([stream.seed, again.seed]).toEqual([rest.seed, rest.seed]);
    expect(draws(again.seed)).toEqual(draws(rest.seed));
    expect(draws(second.seed)).not.toEqual(draws(rest.seed));
    for (const column of [0, 1, 2]) {
      expect(draws(second.seed).map((one) => one[column])).not.toEqual(draws(rest.seed).map((one) => one[column]));
    }
  });

  it('are a function of seed and repeat alone: a resumed run plays what the whole one would have', () => {
    const seeds = Array.from({ length: 1_000 }, (_, repeat) => repeatSeed(scenario, repeat + 1));
    expect(new Set(seeds).size).toBe(1_000);
    expect(repeatSeed({ ...scenario, targets: {} }, 7)).toBe(seeds[6]);
    const other = { ...scenario, workload: { ...scenario.workload, seed: scenario.workload.seed + 1 } };
    expect(repeatSeed(other, 7)).not.toBe(seeds[6]);
  });

  it('vary over repeats as Poisson arrivals do', () => {
    const counts = Array.from({ length: 60 }, (_, n) =>
      countArrivals(
        createArrivalSchedule({ arrivals: 'poisson', stages: stagesOf(load), seed: repeatSeed(scenario, n) }),
      ),
    );
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
    // Variance ÷ mean is 1; of 60 draws it lies within 0.5 and 1.7 but once in thousands.
    expect(variance / mean).toBeGreaterThan(0.5);
    expect(variance / mean).toBeLessThan(1.7);
  });
});

describe('the planned rate of a stretch', () => {
  const ramp = { ...load, warmupMs: 1_000, stages: [{ forMs: 4_000, fromPerSecond: 100, toPerSecond: 500 }] };

  it('is the mean of what is asked for in it', () => {
    expect(plannedRate(ramp, 1e6, 5e6)).toBe(300);
    expect(plannedRate(ramp, 1e6, 2e6)).toBe(150);
    expect(plannedRate(ramp, 0, 1e6)).toBe(300);
  });

  it('is not known of the drain, of recorded arrivals and of a closed model', () => {
    expect(plannedRate(ramp, 5e6, Number.POSITIVE_INFINITY)).toBeNull();
    expect(plannedRate({ ...ramp, arrivals: 'recorded' }, 1e6, 5e6)).toBeNull();
  });
});

describe('shares of the operations', () => {
  const operations = {
    placeOrder: { weight: 3, pattern: 'one-way' },
    getOrder: { weight: 1, pattern: 'request-reply' },
    listOrders: { weight: 9, pattern: 'request-reply', ratePerSecond: 20 },
  } as const;

  it('take own rates off the total, and share the rest by weight', () => {
    const workload = { ...scenario.workload, operations };
    expect(operationShares({ workload, load: { ...load, ratePerSecond: 100 } })).toEqual({
      placeOrder: 60,
      getOrder: 20,
      listOrders: 20,
    });
  });

  it('are the weights where none has a rate of its own', () => {
    const { placeOrder, getOrder } = operations;
    const workload = { ...scenario.workload, operations: { placeOrder, getOrder } };
    expect(operationShares({ workload, load })).toEqual({ placeOrder: 3, getOrder: 1 });
  });
});
