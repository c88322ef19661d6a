/** From a valid file to the scenario that is run: defaults that depend on others, shares of the load, absolute paths. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { PhaseName } from '../../result/result-types.ts';
import { parseMetric, parseThreshold, type Threshold } from '../../result/threshold-grammar.ts';
import type { Load, Operation, PayloadSpec, Resilience, Scenario, Target, Workload } from '../scenario.ts';
import type { FileTarget } from './check-context.ts';
import { longestAutoWarmupMs, mostInFlight } from './load-schema.ts';
import { resolveWindows } from './resolve-windows.ts';
import type { ScenarioFile } from './scenario-schema.ts';
import { defaultEntropy } from './workload-schema.ts';

const defaultTimeoutMs = 2_000;
/** Above, in flight at rate × deadline, room for a quarter more before arrivals are dropped. */
const inFlightHeadroom = 1.25;

export interface ResolveOptions {
  /** Relative paths start here. */
  readonly directory: string;
  /** For `threads: auto`. */
  readonly cores?: number;
  /** Threshold texts as written, before values of the environment were put in. */
  readonly writtenThreshold: (index: number) => string | undefined;
}

/** `file` has passed all checks. */
export function resolveScenario(file: ScenarioFile, options: ResolveOptions): Scenario {
  const { name, question, repeats, allowHosts } = file;
  const resilience = resolveResilience(file.resilience);
  return {
    name,
    ...(question === undefined ? {} : { question }),
    ...(file.primary === undefined ? {} : { primary: resolvePrimary(file.primary, file.conditions) }),
    workload: resolveWorkload(file.workload, options.directory),
    load: resolveLoad(file.load, resilience.deadlineMs, options.cores ?? availableParallelism()),
    targets: mapEntries(file.targets, (target, key) => resolveTarget(key, target, options.directory)),
    conditions: mapEntries(file.conditions, (windows) =>
      windows.flatMap((window) => resolveWindows(window, file.load.duration)),
    ),
    resilience,
    thresholds: file.thresholds.flatMap((text, index) => resolveThreshold(text, options.writtenThreshold(index))),
    repeats,
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
    operations: mapEntries(operations, (operation): Operation => operation),
    keys,
    payloads: mapEntries(payloads, ({ size, entropy, template, file }): PayloadSpec => {
      if (size !== undefined) return { sizeBytes: Math.round(size), entropy: entropy ?? defaultEntropy };
      return file === undefined ? { template: template ?? '' } : { file: resolve(directory, file) };
    }),
    service: { workTimeMs: service.workTime, rejectRatio: service.rejectRatio },
  };
}

/** One load thread on two cores: services and brokers need the other. Beyond, half of the machine at most. */
function threadsFor(cores: number): number {
  return Math.max(1, Math.min(8, Math.floor(cores / 2) - 1));
}

function resolveLoad(load: ScenarioFile['load'], deadlineMs: number, cores: number): Load {
  const threads = load.threads === 'auto' ? threadsFor(cores) : load.threads;
  const untilSteady = load.warmup === 'auto';
  const warmupMs = load.warmup === 'auto' ? longestAutoWarmupMs : load.warmup;
  const common = { warmupMs, warmupUntilSteady: untilSteady, durationMs: load.duration, threads };
  if (load.model === 'closed') {
    const { users, thinkTime } = load;
    return { model: 'closed', users, thinkTimeMs: thinkTime, maxInFlight: load.maxInFlight ?? users, ...common };
  }
  const needed = Math.ceil((inFlightHeadroom * load.rate * deadlineMs) / 1e3);
  const maxInFlight = load.maxInFlight ?? Math.min(mostInFlight, Math.max(1, needed));
  return { model: 'open', arrivals: load.arrivals, ratePerSecond: load.rate, maxInFlight, ...common };
}

function resolveTarget(name: string, target: FileTarget, directory: string): Target {
  switch (target.protocol) {
    case 'grpc':
      return { name, ...target, ...(target.proto === undefined ? {} : { proto: resolve(directory, target.proto) }) };
    case 'stream': {
      const { linger, ...rest } = target;
      return { name, ...rest, lingerMs: linger };
    }
    default:
      return { name, ...target };
  }
}

function resolveResilience({ deadline, timeout, retry, idempotencyKey }: ScenarioFile['resilience']): Resilience {
  const { attempts, backoff, base, cap, jitter } = retry;
  return {
    deadlineMs: deadline,
    timeoutMs: timeout ?? Math.min(defaultTimeoutMs, deadline),
    retry: { attempts, backoff, baseMs: base, capMs: cap, jitter },
    idempotencyKey,
  };
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
  | Lost<ScenarioFile, Scenario>
  | Lost<ScenarioFile['workload'], Workload>
  | Lost<ScenarioFile['workload']['operations'][string], Operation>
  | Exclude<Lost<Of<FileTarget, 'stream'>, Of<Target, 'stream'>>, 'linger'>
  | { [Name in Exclude<Target['protocol'], 'stream'>]: Lost<Of<FileTarget, Name>, Of<Target, Name>> }[Exclude<
      Target['protocol'],
      'stream'
    >]
  | { [Name in Target['protocol']]: Lost<FileRequest<Name>, ContractRequest<Name>> }[Target['protocol']];
({}) satisfies Record<LostKeys, never>;
