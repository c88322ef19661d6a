/** From a valid file to the scenario that is run: defaults that depend on others, shares of the load, absolute paths. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { PhaseName } from '../../result/result-types.ts';
import { parseMetric, parseThreshold, type Threshold } from '../../result/threshold-grammar.ts';
import {
  type Load,
  type OpenLoad,
  type Operation,
  type PayloadSpec,
  type RateSearch,
  type RateStage,
  type Resilience,
  resilienceOf,
  type Scenario,
  type Target,
  type TlsSettings,
  type UserStage,
  type Workload,
} from '../scenario.ts';
import { resolveBatch, resolveStreamBatch } from './batch-schema.ts';
import type { FileTarget } from './check-context.ts';
import { queueDefaults, settingsOf, streamDefaults } from './client-settings.ts';
import { resolveCompression } from './compression-schema.ts';
import { loadDurationMs, longestAutoWarmupMs, mostInFlight, profileOf, recordingOf } from './load-schema.ts';
import { mergedResilience } from './resilience-schema.ts';
import { resolveWindows } from './resolve-windows.ts';
import type { ScenarioFile } from './scenario-schema.ts';
import { defaultEntropy, defaultWaiting } from './workload-schema.ts';

type OpenFile = Extract<ScenarioFile['load'], { model: 'open' }>;

const defaultTimeoutMs = 2_000;
/** Above, in flight at rate × deadline, room for a quarter more before arrivals are dropped. */
const inFlightHeadroom = 1.25;

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
  const targets = mapEntries(file.targets, (target, key) => {
    const isOurStream = target.protocol === 'stream' && target.address === undefined;
    const replicas = isOurStream ? file.stack[target.broker].brokers : 1;
    const resolved = resolveTarget(key, target, options.directory, file.resilience, replicas);
    return replicas > 1 ? { ...resolved, replicas } : resolved;
  });
  const deadlines = Object.values(targets).map((target) => resilienceOf({ resilience }, target).deadlineMs);
  const load = resolveLoad(file, Math.max(...deadlines), options);
  return {
    name,
    ...(question === undefined ? {} : { question }),
    ...(file.primary === undefined ? {} : { primary: resolvePrimary(file.primary, file.conditions) }),
    workload: resolveWorkload(file.workload, options.directory),
    load,
    targets,
    conditions: mapEntries(file.conditions, (windows) =>
      windows.flatMap((window) => resolveWindows(window, load.durationMs)),
    ),
    resilience,
    thresholds: file.thresholds.flatMap((written, index) => {
      if (typeof written === 'string') return resolveThreshold(written, options.writtenThreshold(index));
      const stopAfterMs = written.stopAfter;
      return resolveThreshold(written.check, options.writtenThreshold(index)).map((one) => ({ ...one, stopAfterMs }));
    }),
    brokers: mapEntries(file.stack, ({ brokers }) => brokers),
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
  const { seed, operations, keys, payloads, service } = workload;
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
  };
}

const mostAutoThreads = 8;

function resolveService({
  workTime,
  rejectRatio,
  concurrency,
  waiting,
  retryAfter,
}: ScenarioFile['workload']['service']): Workload['service'] {
  const places = concurrency === undefined ? {} : { concurrency, waiting: waiting ?? defaultWaiting };
  return { workTimeMs: workTime, rejectRatio, ...places, ...(retryAfter && { retryAfterMs: retryAfter }) };
}

/** One load thread on two cores: services and brokers need the other. Beyond, half of the machine at most. */
function threadsFor(cores: number, targets: ScenarioFile['targets']): number {
  const fewest = Object.values(targets).map((target) =>
    'connections' in target ? target.connections : mostAutoThreads,
  );
  return Math.max(1, Math.min(mostAutoThreads, Math.floor(cores / 2) - 1, ...fewest));
}

function resolveLoad({ load, targets }: ScenarioFile, deadlineMs: number, { cores, directory }: ResolveOptions): Load {
  const threads = load.threads === 'auto' ? threadsFor(cores ?? availableParallelism(), targets) : load.threads;
  const untilSteady = load.warmup === 'auto';
  const warmupMs = load.warmup === 'auto' ? longestAutoWarmupMs : load.warmup;
  const common = { warmupMs, warmupUntilSteady: untilSteady, durationMs: loadDurationMs(load, directory), threads };
  if (load.model === 'closed') {
    const stages = resolveUserStages(load);
    const users = load.users ?? Math.max(1, ...stages.flatMap(({ fromUsers, toUsers }) => [fromUsers, toUsers]));
    const { thinkTime } = load;
    const shape = stages.length === 0 ? {} : { userStages: stages };
    return {
      model: 'closed',
      users,
      ...shape,
      thinkTimeMs: thinkTime,
      maxInFlight: load.maxInFlight ?? users,
      ...common,
    };
  }
  const { ratePerSecond, ...shape } = resolveArrivals(load, directory);
  const maxInFlight = load.maxInFlight ?? inFlightFor(ratePerSecond, deadlineMs);
  return { model: 'open', ...shape, ratePerSecond, maxInFlight, ...common };
}

function resolveUserStages({ stages = [] }: Extract<ScenarioFile['load'], { model: 'closed' }>): UserStage[] {
  let reached = 0;
  return stages.map(({ for: forMs, users, from = reached, to = from }) => {
    reached = users ?? to;
    return { forMs, fromUsers: users ?? from, toUsers: reached };
  });
}

function inFlightFor(ratePerSecond: number, deadlineMs: number): number {
  const needed = Math.ceil((inFlightHeadroom * ratePerSecond * deadlineMs) / 1e3);
  return Math.min(mostInFlight, Math.max(1, needed));
}

/** The load of one trial of a search. */
export function loadAtRate(load: OpenLoad, ratePerSecond: number, deadlineMs: number): OpenLoad {
  const stages = [{ forMs: load.durationMs, fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond }];
  const maxInFlight = Math.min(load.maxInFlight, inFlightFor(ratePerSecond, deadlineMs));
  return { ...load, search: null, ratePerSecond, stages, maxInFlight };
}

function resolveSearch({ rate, search }: OpenFile): RateSearch | null {
  if (rate !== 'max' || search === undefined) return null;
  const { slo, from, to, precision, cost } = search;
  return {
    slo: slo.flatMap((text) => {
      const reading = parseThreshold(`all ${text}`);
      return reading.ok ? [{ ...reading.threshold, expression: text }] : [];
    }),
    fromPerSecond: from,
    toPerSecond: to,
    precision,
    ...(cost && { cost }),
  };
}

function resolveArrivals(
  load: OpenFile,
  directory: string,
): Pick<OpenLoad, 'arrivals' | 'recording' | 'search' | 'ratePerSecond' | 'stages'> {
  const recording = recordingOf(load, directory);
  const { arrivals } = load;
  if (recording === null) {
    const stages = resolveStages(load);
    const ratePerSecond = Math.max(...stages.flatMap(({ fromPerSecond, toPerSecond }) => [fromPerSecond, toPerSecond]));
    return {
      arrivals: typeof arrivals === 'string' ? arrivals : 'recorded',
      recording: null,
      search: resolveSearch(load),
      ratePerSecond,
      stages,
    };
  }
  const { durationMs, meanPerSecond, peakPerSecond } = profileOf(recording);
  return {
    arrivals: 'recorded',
    recording: { path: recording.path, unit: recording.unit },
    search: null,
    ratePerSecond: peakPerSecond,
    stages: [{ forMs: durationMs, fromPerSecond: meanPerSecond, toPerSecond: meanPerSecond }],
  };
}

function resolveStages({ rate, search, duration, stages }: OpenFile): RateStage[] {
  if (stages === undefined) {
    const perSecond = rate === 'max' ? (search?.to ?? 0) : (rate ?? 0);
    return [{ forMs: duration, fromPerSecond: perSecond, toPerSecond: perSecond }];
  }
  let reached = 0;
  return stages.map(({ for: forMs, rate: step, from = reached, to = from }) => {
    reached = step ?? to;
    return { forMs, fromPerSecond: step ?? from, toPerSecond: reached };
  });
}

function resolveTarget(
  name: string,
  { resilience: own, tls, ...target }: FileTarget,
  directory: string,
  common: ScenarioFile['resilience'],
  replicas: number,
): Target {
  const shared = {
    ...(own !== undefined && { resilience: resolveResilience(mergedResilience(common, own)) }),
    ...(tls !== undefined && { tls: resolveTls(tls, directory) }),
  };
  switch (target.protocol) {
    case 'grpc': {
      const { compression, batch, ...rest } = target;
      const { proto, protoset, importPaths } = rest;
      const files = {
        ...(typeof proto === 'string' && { proto: resolve(directory, proto) }),
        ...(Array.isArray(proto) && { proto: proto.map((file) => resolve(directory, file)) }),
        ...(protoset !== undefined && { protoset: resolve(directory, protoset) }),
        ...(importPaths !== undefined && { importPaths: importPaths.map((folder) => resolve(directory, folder)) }),
      };
      return { name, ...rest, ...files, ...resolveCompression(compression), ...resolveBatch(batch), ...shared };
    }
    case 'rest': {
      const { compression, batch, ...rest } = target;
      return { name, ...rest, ...resolveCompression(compression), ...resolveBatch(batch), ...shared };
    }
    case 'queue': {
      const { settings, compression, batch, ackBatch, ...rest } = target;
      const { ackBatch: usualAcks, batch: usualBatch, ...usual } = queueDefaults(target);
      const { durable = usual.durable, confirms = usual.confirms, prefetch = usual.prefetch } = target;
      const written = ackBatch && { every: ackBatch.every, lingerMs: ackBatch.linger };
      const acks = written === undefined ? usualAcks : written.every > 1 ? written : undefined;
      const gathered = batch === undefined ? usualBatch && { batch: usualBatch } : resolveBatch(batch);
      const filled = { ...rest, ...settingsOf(settings, target), durable, confirms, prefetch };
      return {
        name,
        ...filled,
        ...gathered,
        ...(acks && { ackBatch: acks }),
        ...resolveCompression(compression),
        ...shared,
      };
    }
    case 'stream': {
      const { settings, linger, compression, batch, ...rest } = target;
      const usual = streamDefaults(target, replicas);
      const gathered = resolveStreamBatch(batch, linger, usual);
      const filled = { ...rest, ...settingsOf(settings, target), idempotent: target.idempotent ?? usual.idempotent };
      return { name, ...filled, ...gathered, ...resolveCompression(compression), ...shared };
    }
    case 'websocket': {
      const { compression, batch, ...rest } = target;
      return { name, ...rest, ...resolveCompression(compression), ...resolveBatch(batch), ...shared };
    }
  }
}

function resolveTls({ ca, cert, key, ...rest }: NonNullable<FileTarget['tls']>, directory: string): TlsSettings {
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
    ...(fallback && { fallback }),
  };
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
type Of<Union, Name> = Extract<Union, { protocol: Name }>;
type FileRequest<Name> = NonNullable<Of<FileTarget, Name>['requests']>[string];
type ContractRequest<Name> = NonNullable<Of<Target, Name>['requests']>[string];
type LostKeys =
  | Exclude<Lost<ScenarioFile, Scenario>, 'stack'> // becomes brokers
  | Lost<ScenarioFile['workload'], Workload>
  | Exclude<Lost<ScenarioFile['workload']['operations'][string], Operation>, 'rate' | 'timeout'>
  | Exclude<Lost<Of<FileTarget, 'stream'>, Of<Target, 'stream'>>, 'linger'>
  | { [Name in Exclude<Target['protocol'], 'stream'>]: Lost<Of<FileTarget, Name>, Of<Target, Name>> }[Exclude<
      Target['protocol'],
      'stream'
    >]
  | { [Name in Target['protocol']]: Lost<FileRequest<Name>, ContractRequest<Name>> }[Target['protocol']];
({}) satisfies Record<LostKeys, never>;
