/** What a trial needs before its first byte: names, requests, population and the plan for the load workers. */
import { randomBytes } from 'node:crypto';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { blockWidthMs } from '../../result/block-counts.ts';
import { ownValue } from '../../result/own-value.ts';
import { endsWhenReady } from '../../scenarios/faults/registry.ts';
import { operationNamed } from '../../scenarios/operations.ts';
import { type FaultWindow, type Load, resilienceOf, type Scenario, type Target } from '../../scenarios/scenario.ts';
import type { Population } from '../../targets/domain/service-options.ts';
import type { ProtocolEntry } from '../../targets/driver.ts';
import { withTraceparent } from '../../targets/driver-kit/trace-context.ts';
import { withUserAgent } from '../../targets/driver-kit/user-agent.ts';
import type { GatewayCredentials } from '../../targets/gateway/gateway-kind.ts';
import type { ServiceSecurity } from '../../targets/security/service-security.ts';
import { LoadSignals } from '../load/load-clock.ts';
import type { LoadPlan, PlannedOperation } from '../load/worker-messages.ts';
import { phaseWindows } from '../recording/phase-windows.ts';
import type { BlockPlan } from '../recording/recorder.ts';
import { timelineIntervalMs } from '../recording/timeline.ts';
import { hash32, randomStreams } from '../schedule/seeded-random.ts';
import type { PreparedFallback } from './prepare-fallback.ts';
import { nobodyInParticular, type TrialCallers, withCaller } from './trial-callers.ts';

export interface PreparedTrial {
  readonly target: Target;
  readonly trialTag: string;
  readonly names: Readonly<Record<string, string>>;
  /** Of each queue or topic, `names` first. */
  readonly topicNames: readonly Readonly<Record<string, string>>[];
  /** By index: each kind of call, which is an operation by a caller where the workload has some. */
  readonly operations: readonly PlannedOperation[];
  readonly population: Population;
  /** Of its repeat, the same for all targets and conditions. */
  readonly seed: number;
  /** What whoever lets callers in must know of them; null: nobody asks. */
  readonly credentials: GatewayCredentials | null;
  /** Of our service, where it is to be secured. */
  readonly security?: ServiceSecurity;
  /** Left out: no second transport. */
  readonly fallback?: PreparedFallback;
}

/** Always as long, so that ids take the same bytes in every trial. */
function newTrialTag(): string {
  return randomBytes(4).toString('hex');
}

/** Repeats draw their own arrivals, operations and keys: an interval over repeats then holds what that draw makes of it. */
export function prepareTrial(
  scenario: Scenario,
  target: Target,
  entry: ProtocolEntry,
  repeat = 1,
  callers: TrialCallers = nobodyInParticular,
): PreparedTrial {
  const trialTag = newTrialTag();
  const isReference = target.address === undefined;
  const topicNames = isReference ? topicNamesOf(trialTag, target, entry) : [];
  const [names = {}, ...otherNames] = topicNames;
  const preset = isReference ? entry.preset(target, names, scenario.workload.operations) : null;
  const resolved =
    preset === null
      ? target
      : ({ ...boundedByPlaces(target, scenario), ...preset.settings, requests: preset.requests } as Target);
  const others = otherNames.map((one) => entry.preset(target, one, scenario.workload.operations).requests);
  const shares = operationShares(scenario);
  const kinds = Object.entries(scenario.workload.operations).map(([name, operation], index): PlannedOperation => {
    const request = ownValue<PlannedOperation['request']>(resolved.requests, name);
    if (request === undefined) {
      throw new BenchError('noRequest', `Target ${target.name} has no request for operation ${name}`, {
        hint: 'Add it under `requests`, or name an operation of the reference services.',
        exitCode: exitCodes.usage,
      });
    }
    const does = isReference ? operationNamed(operation.does ?? name) : null;
    const keyUse = does?.keyUse ?? 'keyed';
    const payload =
      operation.payload === undefined ? null : (ownValue(scenario.workload.payloads, operation.payload) ?? null);
    const { pattern, timeoutMs } = operation;
    const version = isReference ? operation.version : undefined;
    const weight = shares[name] ?? 0;
    const timeout = timeoutMs === undefined ? {} : { timeoutMs };
    const own = isReference ? request : withUserAgent(resolved, withTraceparent(resolved, request));
    const byTopic = others.map((requests) => requests[name] ?? own);
    return {
      ...{ index, name, action: does?.action ?? null, pattern, weight, request: own, keyUse, payload, ...timeout },
      ...(byTopic.length > 0 && { requestsByTopic: [own, ...byTopic] }),
      ...(version !== undefined && { version }),
    };
  });
  const operations = byCaller(resolved, kinds, callers);
  const population = isReference ? populationFor(scenario, operations) : { readable: 0, cancellable: 0 };
  const seed = repeatSeed(scenario, repeat);
  return {
    target: resolved,
    trialTag,
    names,
    topicNames,
    operations,
    population,
    seed,
    credentials: callers.credentials,
  };
}

/**
 * One operation by several callers is as many kinds of call, those of an operation beside one another: so the draw of the
 * operation stays what it is without callers, and the same draw says which caller's it is.
 */
function byCaller(
  target: Target,
  operations: readonly PlannedOperation[],
  { all }: TrialCallers,
): readonly PlannedOperation[] {
  if (all.length === 0) return operations;
  return operations
    .flatMap((operation) =>
      all.map((caller) => ({
        ...operation,
        caller,
        weight: operation.weight * caller.share,
        request: withCaller(target, operation.request, caller),
        ...(operation.requestsByTopic && {
          requestsByTopic: operation.requestsByTopic.map((request) => withCaller(target, request, caller)),
        }),
      })),
    )
    .map((operation, index) => ({ ...operation, index }));
}

/** The first as where there is one only. */
function topicNamesOf(trialTag: string, target: Target, entry: ProtocolEntry): PreparedTrial['topicNames'] {
  return Array.from({ length: target.topics ?? 1 }, (_, n) =>
    entry.resourceNames(n === 0 ? trialTag : `${trialTag}-${n + 1}`, target),
  );
}

/** What our service has no place for waits in the broker, not with it. Without acknowledgements the broker keeps nothing. */
function boundedByPlaces(target: Target, { workload }: Scenario): Target {
  const { concurrency, waiting = 0 } = workload.service;
  if (!('prefetch' in target) || ('ack' in target && target.ack === 'auto') || concurrency === undefined) return target;
  return { ...target, prefetch: Math.min(target.prefetch, placesEach(target, concurrency + waiting)) };
}

/** Of those of a process each of its consumers has its share. */
function placesEach({ topics = 1, consumers = 1 }: Target, places: number): number {
  return Math.max(1, Math.floor(places / (topics * consumers)));
}

/** Weights of the draw: own rates come off the total first, the weights of the others share the rest. */
export function operationShares({ workload, load }: Pick<Scenario, 'workload' | 'load'>): Record<string, number> {
  const operations = Object.entries(workload.operations);
  const own = operations.reduce((sum, [, { ratePerSecond = 0 }]) => sum + ratePerSecond, 0);
  if (own === 0 || load.model !== 'open') {
    return Object.fromEntries(operations.map(([name, { weight }]) => [name, weight]));
  }
  const weights = operations.reduce(
    (sum, [, { ratePerSecond, weight }]) => sum + (ratePerSecond === undefined ? weight : 0),
    0,
  );
  const rest = Math.max(0, load.ratePerSecond - own);
  return Object.fromEntries(
    operations.map(([name, { ratePerSecond, weight }]) => [name, ratePerSecond ?? (rest * weight) / weights]),
  );
}

/** A function of the scenario's seed and the repeat alone, so that a resumed run plays what the whole one would have. */
export function repeatSeed({ workload }: Scenario, repeat: number): number {
  return hash32(workload.seed, randomStreams.repeat, repeat);
}

/** Bounds the memory of the service; a closed model that cancels more meets orders already cancelled. */
const mostCancellable = 500_000;
/** Closed loops are as fast as the system lets them: a guess on the high side. */
const closedOperationsPerUserSecond = 2_000;

function populationFor(scenario: Scenario, operations: readonly PlannedOperation[]): Population {
  const total = operations.reduce((sum, { weight }) => sum + weight, 0);
  const cancels = operations.reduce((sum, { weight, keyUse }) => sum + (keyUse === 'cancels' ? weight : 0), 0);
  const expected = (expectedOperations(scenario.load) * cancels) / total;
  // Six standard deviations of a binomial count: the seeded draw does not run out of fresh orders.
  const cancellable =
    cancels === 0 ? 0 : Math.min(mostCancellable, Math.ceil(expected + 6 * Math.sqrt(expected) + 100));
  return { readable: scenario.workload.keys.count, cancellable };
}

function expectedOperations(load: Load): number {
  const seconds = (load.warmupMs + load.durationMs) / 1e3;
  // With stages the highest rate stands for all of them: some orders too many are seeded.
  return (load.model === 'open' ? load.ratePerSecond : load.users * closedOperationsPerUserSecond) * seconds;
}

export function blockPlan({ warmupMs, durationMs }: Load): BlockPlan {
  return { fromUs: warmupMs * 1e3, widthMs: blockWidthMs(durationMs) };
}

/** Indices of the operations that are flows. */
export function flowsOf(operations: readonly PlannedOperation[]): number[] {
  return operations.flatMap(({ index, pattern }) => (pattern === 'flow' ? [index] : []));
}

/** Of the trial's parts: where the load goes. */
interface WayIn {
  readonly address: string;
  readonly proxied: boolean;
  readonly fallbackAddress?: string;
  readonly linkOf?: unknown;
}

export function loadPlanFor(
  scenario: Scenario,
  prepared: PreparedTrial,
  faults: readonly FaultWindow[],
  { address, proxied, linkOf, fallbackAddress }: WayIn,
  canaryPort: number | null = null,
): LoadPlan {
  const { workload, load } = scenario;
  return {
    target: prepared.target,
    address,
    proxied,
    asksForLinks: linkOf !== undefined,
    operations: prepared.operations,
    seed: prepared.seed,
    keys: workload.keys,
    cancellable: prepared.population.cancellable,
    load,
    resilience: resilienceOf(scenario, prepared.target),
    windows: phaseWindows(load.warmupMs, load.durationMs, faults),
    duringEndsWhenReady: faults.some(endsWhenReady),
    timelineIntervalMs: timelineIntervalMs(load.warmupMs + load.durationMs),
    blocks: blockPlan(load),
    trialTag: prepared.trialTag,
    followed: prepared.target.settled === undefined ? [] : flowsOf(prepared.operations),
    logFolder: null,
    workers: load.threads,
    share: { first: 0, count: load.threads },
    canaryPort,
    signals: new LoadSignals().memory,
    allowHosts: scenario.allowHosts,
    ...secondTransport(prepared, fallbackAddress),
  };
}

function secondTransport({ fallback }: PreparedTrial, address: string | undefined): Pick<LoadPlan, 'fallback'> {
  if (fallback === undefined || address === undefined) return {};
  const { target, operations } = fallback;
  return { fallback: { target, operations, address, proxied: target.via !== 'direct' } };
}
