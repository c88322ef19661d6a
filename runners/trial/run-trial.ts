/** One trial from a fresh service to an immutable result, with the native engine. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { cacheOf } from '../../scenarios/cache-settings.ts';
import { factsOf } from '../../scenarios/protocols/registry.ts';
import type { LinkName, Scenario, Target } from '../../scenarios/scenario.ts';
import type { BacklogGauge } from '../../targets/backlog-gauge.ts';
import { wholeEvidence, withoutEvidence } from '../../targets/domain/evidence.ts';
import type { ProtocolEntry } from '../../targets/driver.ts';
import { gatewaySemantics } from '../../targets/gateway/describe-gateway.ts';
import { guaranteeSettings } from '../../targets/guarantee.ts';
import type { Outputs } from '../../targets/output-source.ts';
import { loadProtocol } from '../../targets/registry.ts';
import { cacheSemantics } from '../../targets/rest/cache/describe-cache.ts';
import { authSettings } from '../../targets/security/auth-label.ts';
import { bootId } from '../agents/agent-facts.ts';
import { cpuWithAgents } from '../agents/agents-cpu.ts';
import { startCanaryEcho } from '../canary/start-canary-echo.ts';
import { FaultTimeline } from '../faults/fault-timeline.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import type { LoadSource } from '../load/load-source.ts';
import { FlowWatch, type WatchedFlows } from '../observe/flow-watch.ts';
import type { TrialPlan } from '../plan-trials.ts';
import { LinkMeter } from '../recording/link-bytes.ts';
import { resilienceSemantics } from '../resilience/describe-resilience.ts';
import type { SubscriberCrew } from '../subscribe/subscriber-crew.ts';
import { assembleTrial } from './assemble-trial.ts';
import { connectionsOf } from './client-totals.ts';
import { drainEvidence } from './drain-evidence.ts';
import { drainFlows } from './drain-flows.ts';
import { factsOnLinkOf } from './link-facts.ts';
import { listenedScenario } from './listened-scenario.ts';
import type { TrialParts } from './opened-parts.ts';
import { playLoad } from './play-load.ts';
import { prepareFallback } from './prepare-fallback.ts';
import { loadPlanFor, type PreparedTrial, prepareTrial } from './prepare-trial.ts';
import { secureTrial } from './secure-trial.ts';
import { trialCallers } from './trial-callers.ts';
import type { FinishedTrial, TrialContext } from './trial-context.ts';
import { openTrialParts } from './trial-parts.ts';
import { openSubscribers, pairsExpected, withSubscribers } from './trial-subscribers.ts';

const lastReadingMs = 3_000;
const askAgainMs = 50;

/**
 * Rejects with a BenchError when the trial could not begin. Once load flows it always ends with a result, if need be an
 * invalid one; `signal` then cuts it short.
 */
export async function runTrial(
  plan: TrialPlan,
  target: Target,
  given: TrialContext,
  signal: AbortSignal,
): Promise<FinishedTrial> {
  const context = { ...given, scenario: listenedScenario(given.scenario, target) };
  const { scenario, stack, workDirectory, listenHost, emit } = context;
  const entry = await loadProtocol(target);
  const prepared = await prepareWhole(plan, target, context, entry);
  const faults = scenario.conditions[plan.condition] ?? [];
  const starting = startCanaryEcho(join(workDirectory, `${plan.id}.canary.log`));
  const closeEcho = async () => (await starting)?.process.stop();
  let parts: TrialParts;
  try {
    parts = await openTrialParts({ scenario, entry, prepared, stack, workDirectory, listenHost, trialId: plan.id });
  } catch (error) {
    await closeEcho();
    throw error;
  }
  let source: LoadSource | undefined;
  let observer: FlowWatch | null = null;
  let crew: SubscriberCrew | null = null;
  try {
    const echo = await starting;
    signal.throwIfAborted();
    observer = await watchFlows(plan, prepared, context, signal);
    crew = await openSubscribers({ plan, prepared, context, parts, echoPort: echo?.port ?? null }, signal);
    if (crew !== null) parts = withSubscribers(parts, crew);
    const loadPlan = loadPlanFor(scenario, prepared, faults, parts, echo?.port ?? null);
    const openLoad = context.openLoad ?? LoadGenerator.open;
    source = await openLoad(
      { ...loadPlan, logFolder: workDirectory, samples: samplesOf(context, plan) },
      signal,
      parts.linkOf,
    );
    const isMetered = target.flow !== undefined || crew !== null || cacheOf(target)?.at === 'gateway';
    const meter = isMetered ? await LinkMeter.open(stack, parts.links) : null;
    source.onHandedOver(({ producer, sequences }) => observer?.follow(producer, sequences));
    const timeline = await prepareFaults(context, prepared, faults, parts);
    const load = await playLoad(plan, context, source, timeline, { parts, echo, crew }, signal);
    emit({ type: 'phase', id: plan.id, phase: 'drain' });
    const drain = await drainEvidence(parts.evidencePaths, load, signal);
    const flows =
      target.flow === undefined || parts.evidencePaths === null
        ? null
        : await drainFlows(parts.evidencePaths, parts.pending, signal);
    const outputs = await outputsOf(parts, load.acknowledged, signal);
    const observedMs = (await observer?.drain(signal)) ?? 0;
    const deliveredMs = (await crew?.drain(pairsExpected(prepared, crew, load.acknowledged), signal)) ?? 0;
    const workers = await source.finish();
    const watchedFlows = await endWatch(observer);
    const subscribers = (await crew?.finish(workDirectory, plan.id)) ?? null;
    const backlog = await endBacklog(parts, drain.deadLettered, signal);
    const brokerSpace = (await parts.brokerWatch?.stop()) ?? null;
    const lostParts = parts.lostParts();
    const lostObserver = observer !== null && watchedFlows === null ? ['the observer of flows'] : [];
    const lostEcho = echo !== null && echo.process.exit !== null ? ['canary echo'] : [];
    await parts.close();
    const result = assembleTrial({
      plan,
      target: prepared.target,
      trialTag: prepared.trialTag,
      seed: prepared.seed,
      semantics: {
        ...guaranteeSettings(target, stack),
        ...entry.semantics(prepared.target),
        ...authSettings(prepared.target),
        ...connectionsOf(workers),
        ...gatewaySemantics(target.gateway),
        ...cacheSemantics(cacheOf(target)),
        ...((target.instances ?? 1) > 1 && { instances: target.instances ?? 1 }),
        ...spreadSettings(target),
        ...resilienceSemantics(scenario, prepared.target),
      },
      operations: prepared.operations,
      windows: load.windows,
      scenario,
      clock: load.clock,
      warmupEnded: load.warmupEnded,
      allProcessesKnown: parts.allProcessesKnown,
      workers,
      agents: source.agents ?? [],
      evidencePaths: wholeEvidence(parts.evidencePaths),
      missingEvidence: [...withoutEvidence(parts.evidencePaths, parts.serviceNames), ...lostObserver],
      serviceNames: parts.serviceNames,
      lastWords: parts.lastWords(),
      rebuilds: parts.rebuilds?.() ?? null,
      population: prepared.population,
      held: await parts.takeHeld(),
      watchedFlows,
      subscribers,
      linkBytes: (await meter?.read()) ?? null,
      pending: flows?.pending ?? {},
      drainMs: load.drainMs + drain.waitedMs + (flows?.waitedMs ?? 0) + observedMs + deliveredMs,
      loadedUntilUs: load.loadedUntilUs,
      backlog:
        parts.backlog === null || backlog === null
          ? null
          : { counts: parts.backlog.counts, ...backlog, redelivered: drain.redelivered },
      outputs,
      brokerSpace,
      cpu: cpuWithAgents(load.cpu, source.agents ?? [], bootId()),
      waits: load.waits,
      watch: load.watch,
      memory: load.memory,
      faults: timeline?.results() ?? [],
      faultProblems: timeline?.problems() ?? [],
      lostParts: [...lostParts, ...lostEcho],
      cutShort: signal.aborted,
      stopped: load.stopped,
      startedAt: load.startedAt,
    });
    if (watchedFlows !== null) await rm(watchedFlows.path, { force: true });
    for (const { path } of subscribers?.processes ?? []) await rm(path, { force: true });
    for (const { log } of workers) if (log.path !== null) await rm(log.path, { force: true });
    const samplesTrouble = workers.find(({ samples }) => (samples?.trouble ?? null) !== null)?.samples?.trouble;
    return {
      ...{ result, lostParts, startUs: load.clock.startUs, evidencePaths: parts.evidencePaths },
      samplesTrouble: samplesTrouble ?? undefined,
    };
  } finally {
    await source?.terminate();
    await observer?.terminate();
    await crew?.close();
    await Promise.all([parts.close(), closeEcho()]);
  }
}

/** null: the target is not the user's own, or has no flows. */
async function watchFlows(
  { id }: TrialPlan,
  { target, trialTag }: PreparedTrial,
  { scenario, workDirectory }: TrialContext,
  signal: AbortSignal,
): Promise<FlowWatch | null> {
  if (target.settled === undefined) return null;
  const path = join(workDirectory, `${id}.settled`);
  return FlowWatch.open({ settings: target.settled, trialTag, path, allowHosts: scenario.allowHosts }, signal);
}

/** What of a target's queues or topics and their clients there is more of than one. */
function spreadSettings(target: Target): Record<string, number> {
  const { topics = 1, consumers = 1 } = target;
  const producers = target.protocol === 'queue' ? (target.producers ?? 1) : 1; // a stream says so itself
  return Object.fromEntries(Object.entries({ topics, producers, consumers }).filter(([, count]) => count > 1));
}

/** What takes files or other protocols, too. */
async function prepareWhole(
  { repeat, id }: TrialPlan,
  target: Target,
  { scenario, workDirectory, stack }: TrialContext,
  entry: ProtocolEntry,
): Promise<PreparedTrial> {
  const callers = await trialCallers(scenario, target);
  const prepared = prepareTrial(scenario, target, entry, repeat, callers);
  const fallback = await prepareFallback(scenario, target, prepared);
  const secured = await secureTrial(prepared, { workDirectory, trialId: id, stack });
  return fallback === null ? secured : { ...secured, fallback };
}

/** null: there is none, or it was lost. Rejects where it was led to a host that is not allowed. */
async function endWatch(observer: FlowWatch | null): Promise<WatchedFlows | null> {
  if (observer === null) return null;
  return observer.finish().catch((error) => {
    if (error instanceof BenchError && error.exitCode === exitCodes.usage) throw error;
    return null;
  });
}

function samplesOf({ samplesPath }: TrialContext, { id }: TrialPlan) {
  return samplesPath === undefined ? null : { path: samplesPath, trial: id };
}

/** null: there are none, or they could not be read. */
async function outputsOf({ readOutputs }: TrialParts, expected: number, signal: AbortSignal): Promise<Outputs | null> {
  return (await readOutputs?.({ expected, signal }).catch(() => null)) ?? null;
}

/** Interrupted, nobody waits for a last reading. */
async function endBacklog({ backlog, release }: TrialParts, deadLettered: number, signal: AbortSignal) {
  if (backlog === null) return null;
  const { watch, deadLetters } = backlog;
  if (signal.aborted) return { samples: await watch.stop(), atEnd: null, deadLetters: null };
  // A broker that counts for itself puts a message aside only as it would give it out again.
  const expected = deadLetters === null ? null : await readingOnce(deadLetters, deadLettered);
  await release();
  const finished = await watch.finish();
  await deadLetters?.close();
  return { ...finished, deadLetters: expected };
}

/** As soon as it has as many, or what it has in the end. null: the broker could not say. */
async function readingOnce(gauge: BacklogGauge, expected: number): Promise<number | null> {
  const untilMs = performance.now() + lastReadingMs;
  for (;;) {
    const leftMs = untilMs - performance.now();
    const timeUp = sleep(leftMs, null, { ref: false });
    const count = await Promise.race([gauge.read().catch(() => null), timeUp]);
    if ((count !== null && count >= expected) || untilMs - performance.now() <= askAgainMs) return count;
    await sleep(askAgainMs);
  }
}

/** Also for trials of other engines. */
export async function prepareFaults(
  { stack, scenario }: TrialContext,
  prepared: PreparedTrial,
  windows: Scenario['conditions'][string],
  parts: TrialParts,
): Promise<FaultTimeline | null> {
  if (windows.length === 0) return null;
  const { target } = prepared;
  const { links, faultParts } = parts;
  const toxiproxy = stack?.toxiproxy ?? null;
  const { service, flow } = scenario.workload;
  const workTimeMs = (target.flow && flow?.workTimeMs) ?? service.workTimeMs;
  const usual = { ...service, workTimeMs };
  const spoken = { facts: factsOf(target), factsOn: (link: LinkName) => factsOnLinkOf(prepared, link) };
  return FaultTimeline.prepare({ ...spoken, windows, links, toxiproxy, parts: faultParts, usual });
}
