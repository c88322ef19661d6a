/** From a valid file to the scenario that is run: defaults that depend on others, shares of the load, absolute paths. */

import { resolve } from 'node:path';
import type { PhaseName } from '../../result/result-types.ts';
import { parseMetric, parseThreshold, type Threshold } from '../../result/threshold-grammar.ts';
import type { TlsSettings } from '../access-settings.ts';
import { definitionOf, type FileTarget, type Target } from '../protocols/definitions.ts';
import { brokerOf } from '../protocols/registry.ts';
import { type FallbackSettings, type Resilience, resilienceOf } from '../resilience.ts';
import type { Scenario } from '../scenario.ts';
import type { Operation, PayloadSpec, Workload } from '../workload.ts';
import { resolveCallers } from './callers-schema.ts';
import { resolveSecurity } from './check-security.ts';
import { resolveFlowWorkload } from './flow-schema.ts';
import { resolveSubscribers } from './push-schema.ts';
import { type FileFallback, mergedResilience } from './resilience-schema.ts';
import { resolveLoad } from './resolve-load.ts';
import { resolveWindows } from './resolve-windows.ts';
import type { ScenarioFile } from './scenario-schema.ts';
import { resolveEvents, resolveSettled } from './settled-schema.ts';
import { clustersOf, membersOf } from './stack-schema.ts';
import type { WrittenTls } from './tls-schema.ts';
import { defaultEntropy, defaultWaiting } from './workload-schema.ts';

const defaultTimeoutMs = 2_000;

export interface ResolveOptions {
  /** Relative paths start here. */
  readonly directory: string;
  /** For `threads: auto`. */
  readonly cores?: number;
  /** As `readSweep` found it. */
  readonly sweep?: Scenario['sweep'];
  /** Threshold texts as written, before values of the environment were put in. */
  readonly writtenThreshold: (index: number) => string | undefined;
}

/** `file` has passed all checks. */
export function resolveScenario(file: ScenarioFile, options: ResolveOptions): Scenario {
  const { name, question, repeats, allowHosts } = file;
  const resilience = resolveResilience(file.resilience);
  const targets = mapEntries(file.targets, (target, key) => resolveTarget(key, target, file, options.directory));
  const deadlines = Object.values(targets).map((target) => resilienceOf({ resilience }, target).deadlineMs);
  const load = resolveLoad(file, Math.max(...deadlines), options);
  return {
    name,
    ...(question === undefined ? {} : { question }),
    ...(file.evolution === undefined ? {} : { evolution: file.evolution }),
    ...(file.primary === undefined ? {} : { primary: resolvePrimary(file.primary, file.conditions) }),
    workload: resolveWorkload(file.workload, options.directory),
    ...resolveSubscribers(file.subscribers),
    load,
    targets,
    conditions: mapEntries(file.conditions, (windows) =>
      windows.flatMap((window) => resolveWindows(window, load.durationMs)),
    ),
    resilience,
    ...transportsOf(targets),
    thresholds: file.thresholds.flatMap((written, index) => {
      if (typeof written === 'string') return resolveThreshold(written, options.writtenThreshold(index));
      const stopAfterMs = written.stopAfter;
      return resolveThreshold(written.check, options.writtenThreshold(index)).map((one) => ({ ...one, stopAfterMs }));
    }),
    brokers: Object.fromEntries(clustersOf(file.stack).map((name) => [name, membersOf(file.stack, name)])),
    repeats,
    sweep: options.sweep ?? {},
    allowHosts,
  };
}

function mapEntries<From, To>(
  entries: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, map(value, key)]));
}

function resolvePrimary(
  primary: NonNullable<ScenarioFile['primary']>,
  conditions: ScenarioFile['conditions'],
): Scenario['primary'] {
  const { operation, condition } = primary;
  const metric = parseMetric(primary.metric);
  const name = metric?.kind === 'latency' ? `${metric.latency} ${metric.figure}` : primary.metric;
  const usual: PhaseName = (conditions[condition] ?? []).length > 0 ? 'during' : 'steady';
  return { operation, metric: name, condition, phase: primary.phase ?? usual };
}

function resolveWorkload(workload: ScenarioFile['workload'], directory: string): Workload {
  const { seed, operations, keys, payloads, service, callers, flow, history } = workload;
  return {
    seed,
    operations: mapEntries(
      operations,
      ({ rate, timeout, ...operation }): Operation => ({
        ...operation,
        ...(rate !== undefined && { ratePerSecond: rate }),
        ...(timeout !== undefined && { timeoutMs: timeout }),
      }),
    ),
    keys,
    payloads: mapEntries(payloads, ({ size, entropy, template, file }): PayloadSpec => {
      if (size !== undefined) return { sizeBytes: Math.round(size), entropy: entropy ?? defaultEntropy };
      return file === undefined ? { template: template ?? '' } : { file: resolve(directory, file) };
    }),
    service: resolveService(service),
    ...resolveCallers(callers),
    ...(flow !== undefined && { flow: resolveFlowWorkload(flow) }),
    ...(history !== undefined && { history }),
  };
}

function resolveService({
  workTime,
  rejectRatio,
  unreadableRatio = 0,
  concurrency,
  waiting,
  retryAfter,
  slow,
  deprecated,
}: ScenarioFile['workload']['service']): Workload['service'] {
  const places = concurrency === undefined ? {} : { concurrency, waiting: waiting ?? defaultWaiting };
  return {
    ...{ workTimeMs: workTime, rejectRatio, ...places },
    ...(unreadableRatio > 0 && { unreadableRatio }),
    ...(retryAfter && { retryAfterMs: retryAfter }),
    ...(deprecated && { deprecated }),
    ...(slow && { slow: { share: slow.share, workTimeMs: slow.workTime, isDrawn: true } }),
  };
}

function resolveTarget(
  name: string,
  { resilience: own, tls, auth, settled, events, ...target }: FileTarget,
  { stack, resilience }: ScenarioFile,
  directory: string,
): Target {
  const secured = typeof tls === 'object' ? resolveTls(tls, directory) : undefined;
  const ownBroker = { ...target, tls: secured };
  const observed = settled && resolveSettled(settled, ownBroker, settled.tls && resolveTls(settled.tls, directory));
  const heard = events && resolveEvents(events, ownBroker, events.tls && resolveTls(events.tls, directory));
  const alike = {
    name,
    ...(own !== undefined && { resilience: resolveResilience(mergedResilience(resilience, own)) }),
    ...(secured && { tls: secured }),
    ...(observed && { settled: observed }),
    // Of one queue each message goes to one of those that consume it.
    ...(heard && { events: heard, ...(heard.by === 'queue' && { subscription: 'shared' as const }) }),
    ...resolveSecurity({ tls, auth }),
  };
  const broker = brokerOf(target);
  const brokers = broker === null ? 0 : membersOf(stack, broker);
  return definitionOf(target).resolve(target, alike, { directory, brokers });
}

function resolveTls({ ca, cert, key, ...rest }: WrittenTls, directory: string): TlsSettings {
  return {
    ...rest,
    ...(ca !== undefined && { ca: resolve(directory, ca) }),
    ...(cert !== undefined && { cert: resolve(directory, cert) }),
    ...(key !== undefined && { key: resolve(directory, key) }),
  };
}

function resolveResilience(resilience: ScenarioFile['resilience']): Resilience {
  const { deadline, timeout, retry, idempotencyKey, reconnect, breaker, limit, fallback } = resilience;
  const { attempts, backoff, base, cap, jitter, budget, retryAfter } = retry;
  return {
    deadlineMs: deadline,
    timeoutMs: timeout ?? Math.min(defaultTimeoutMs, deadline),
    retry: {
      attempts,
      backoff,
      baseMs: base,
      capMs: cap,
      jitter,
      ...(budget && { budget }),
      ...(retryAfter === 'ignore' && { retryAfter }),
    },
    idempotencyKey,
    ...(reconnect && { reconnect: { baseMs: reconnect.base, capMs: reconnect.cap, jitter: reconnect.jitter } }),
    ...(breaker && { breaker: resolveBreaker(breaker) }),
    ...(limit && { limit }),
    ...(fallback && { fallback: resolveFallback(fallback) }),
  };
}

/** Targets that others fall back to. */
function transportsOf(targets: Readonly<Record<string, Target>>): Pick<Scenario, 'transports'> {
  const named = Object.values(targets).flatMap(({ resilience }) => {
    return resilience?.fallback?.kind === 'transport' ? [resilience.fallback.to] : [];
  });
  if (named.length === 0) return {};
  return { transports: Object.fromEntries(Object.entries(targets).filter(([name]) => named.includes(name))) };
}

function resolveFallback(written: Exclude<FileFallback, false>): FallbackSettings {
  if (written === true) return { kind: 'default' };
  const { kind, to = '' } = written;
  return kind === 'transport' ? { kind, to } : { kind };
}

function resolveBreaker({ window, openFor, ...rest }: NonNullable<ScenarioFile['resilience']['breaker']>) {
  return { ...rest, windowMs: window, openForMs: openFor };
}

function resolveThreshold(text: string, written: string | undefined): Threshold[] {
  const reading = parseThreshold(text);
  return reading.ok ? [{ ...reading.threshold, expression: written ?? reading.threshold.expression }] : [];
}

/** Keys of the definition that get lost on the way to the contract in scenario.ts: there must be none. */
type Lost<File, Contract> = Exclude<keyof File, keyof Contract>;
type LostKeys =
  | Exclude<Lost<ScenarioFile, Scenario>, 'stack'> // becomes brokers
  | Lost<ScenarioFile['workload'], Workload>
  | Exclude<Lost<ScenarioFile['workload']['operations'][string], Operation>, 'rate' | 'timeout'>;
({}) satisfies Record<LostKeys, never>;
