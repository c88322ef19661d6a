/** From the load of a valid file to the one that is offered: threads, stages written out, what is in flight at most. */
import { availableParallelism } from 'node:os';
import { parseThreshold } from '../../result/threshold-grammar.ts';
import type { Load, OpenLoad, RateSearch, RateStage, UserStage } from '../load.ts';
import { cachingClients } from './cache-schema.ts';
import { connectionCount } from './connections-schema.ts';
import { loadDurationMs, longestAutoWarmupMs, mostInFlight, profileOf, recordingOf } from './load-schema.ts';
import type { ScenarioFile } from './scenario-schema.ts';

type OpenFile = Extract<ScenarioFile['load'], { model: 'open' }>;

/** Above, in flight at rate × deadline, room for a quarter more before arrivals are dropped. */
const inFlightHeadroom = 1.25;

const mostAutoThreads = 8;

/** One load thread on two cores: services and brokers need the other. Beyond, half of the machine at most. */
function threadsFor(cores: number, targets: ScenarioFile['targets']): number {
  const fewest = Object.values(targets).flatMap((target) =>
    [connectionCount(target), cachingClients(target)].map((count) => count ?? mostAutoThreads),
  );
  return Math.max(1, Math.min(mostAutoThreads, Math.floor(cores / 2) - 1, ...fewest));
}

/** `deadlineMs`: the longest of all targets. `directory`: where relative paths start; `cores`: for `threads: auto`. */
export function resolveLoad(
  { load, targets }: ScenarioFile,
  deadlineMs: number,
  { cores, directory }: { readonly cores?: number; readonly directory: string },
): Load {
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

/** Written out, each from where the one before has ended. */
export function resolveStages({ rate, search, duration, stages }: OpenFile): RateStage[] {
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
