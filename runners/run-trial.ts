/** One trial from a fresh service to an immutable result, with the native engine. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNowUs } from '../result/monotonic-clock.ts';
import type { PhaseName, TrialResult, WarmupResult, WatchResult } from '../result/result-types.ts';
import { endsWhenReady } from '../scenarios/faults/registry.ts';
import type { Scenario, Target } from '../scenarios/scenario.ts';
import type { BacklogGauge } from '../targets/backlog-gauge.ts';
import { DistinctOperations } from '../targets/domain/distinct-operations.ts';
import { EvidenceReader, evidenceKinds, refusalCodes } from '../targets/domain/evidence.ts';
import { guaranteeSettings } from '../targets/guarantee.ts';
import { loadProtocol } from '../targets/registry.ts';
import type { RunningStack } from '../targets/stack/stack.ts';
import { assembleTrial } from './assemble-trial.ts';
import { type CanaryEcho, startCanaryEcho } from './canary/start-canary-echo.ts';
import { FaultTimeline } from './faults/fault-timeline.ts';
import { HopelessWatch, type Stopped } from './hopeless-watch.ts';
import { LoadClock } from './load/load-clock.ts';
import { LoadGenerator } from './load/load-generator.ts';
import type { LoadProgress } from './load/load-loop-options.ts';
import type { LoadSource, OpenLoad } from './load/load-source.ts';
import type { TrialPlan } from './plan-trials.ts';
import { loadPlanFor, prepareTrial } from './prepare-trial.ts';
import { allUs, type CpuUse, type PartProcesses, sampleCpu } from './recording/cpu-account.ts';
import { type MeasuredParts, measureParts } from './recording/measure-parts.ts';
import { watchOwnSystem } from './recording/own-watch.ts';
import { duringUntil, PhaseLookup, type PhaseWindow, phaseWindows } from './recording/phase-windows.ts';
import { resilienceSemantics } from './resilience/describe-resilience.ts';
import type { RunEvent } from './run-events.ts';
import { openTrialParts, type TrialParts } from './trial-parts.ts';
import { endWarmupWhenSteady } from './warmup-watch.ts';

/** Between "everything is open" and the first arrival: the pacer threads start meanwhile. */
const leadMs = 250;
const progressMs = 500;
/** A backlog may take a while; without any growth of the evidence for this long nothing more is coming. */
const drainQuietMs = 3_000;
const doubtfulQuietMs = 1_500;
const longestDrainMs = 60_000;
const drainPollMs = 50;
const lastReadingMs = 3_000;

export interface TrialContext {
  readonly scenario: Scenario;
  readonly stack: RunningStack | null;
  readonly workDirectory: string;
  readonly cores: number;
  readonly idleUsPerSecond: CpuUse['usedUs'] | undefined;
  /** Left out: threads of this process. */
  readonly openLoad?: OpenLoad;
  /** Where each operation is written, a line each. Left out: nowhere. */
  readonly samplesPath?: string | undefined;
  readonly emit: (event: RunEvent) => void;
}

/** What run-scenario needs to know beside the result. */
export interface FinishedTrial {
  readonly result: TrialResult;
  /** Parts of the stack that were lost: it must be started anew before the next trial. */
  readonly lostParts: readonly string[];
  /** Monotonic µs of the schedule's offset 0; null: an engine with a schedule of its own. */
  readonly startUs: number | null;
  /** Of our services; null: there is none. */
  readonly evidencePaths: readonly string[] | null;
  /** Why the lines of the operations end early; left out: they do not, or there are none. */
  readonly samplesTrouble?: string | undefined;
}

/**
 * Rejects with a BenchError when the trial could not begin. Once load flows it always ends with a result, if need be an
 * invalid one; `signal` then cuts it short.
 */
export async function runTrial(
  plan: TrialPlan,
  target: Target,
  context: TrialContext,
  signal: AbortSignal,
): Promise<FinishedTrial> {
  const { scenario, stack, workDirectory, emit } = context;
  const entry = await loadProtocol(target);
  const prepared = prepareTrial(scenario, target, entry, plan.repeat);
  const faults = scenario.conditions[plan.condition] ?? [];
  const starting = startCanaryEcho(join(workDirectory, `${plan.id}.canary.log`));
  const closeEcho = async () => (await starting)?.process.stop();
  let parts: TrialParts;
  try {
    parts = await openTrialParts({ scenario, entry, prepared, stack, workDirectory, trialId: plan.id });
  } catch (error) {
    await closeEcho();
    throw error;
  }
  let source: LoadSource | undefined;
  try {
    const echo = await starting;
    signal.throwIfAborted();
    const loadPlan = loadPlanFor(scenario, prepared, faults, parts, echo?.port ?? null);
    const openLoad = context.openLoad ?? LoadGenerator.open;
    source = await openLoad(
      { ...loadPlan, logFolder: workDirectory, samples: samplesOf(context, plan) },
      signal,
      parts.linkOf,
    );
    const timeline = await prepareFaults(context, prepared.target, faults, parts);
    const startedAt = new Date(Date.now() + leadMs).toISOString();
    const load = await playLoad(plan, context, source, timeline, { parts, echo }, signal);
    emit({ type: 'phase', id: plan.id, phase: 'drain' });
    const drain = await drainEvidence(parts.evidencePaths, load, signal);
    const workers = await source.finish();
    const backlog = await endBacklog(parts, signal);
    const lostParts = parts.lostParts();
    const lostEcho = echo !== null && echo.process.exit !== null ? ['canary echo'] : [];
    await parts.close();
    const result = assembleTrial({
      plan,
      target: prepared.target,
      trialTag: prepared.trialTag,
      semantics: {
        ...guaranteeSettings(target, stack),
        ...entry.semantics(prepared.target),
        ...((target.instances ?? 1) > 1 && { instances: target.instances ?? 1 }),
        ...resilienceSemantics(scenario, prepared.target),
      },
      operations: prepared.operations,
      windows: load.windows,
      scenario,
      clock: load.clock,
      warmupEnded: load.warmupEnded,
      allProcessesKnown: parts.allProcessesKnown,
      workers,
      evidencePaths: parts.evidencePaths,
      lastWords: parts.lastWords(),
      held: await parts.takeHeld(),
      drainMs: load.drainMs + drain.waitedMs,
      loadedUntilUs: load.loadedUntilUs,
      backlog:
        parts.backlog === null || backlog === null
          ? null
          : { counts: parts.backlog.counts, ...backlog, redelivered: drain.redelivered },
      cpu: load.cpu,
      waits: load.waits,
      watch: load.watch,
      memory: load.memory,
      faults: timeline?.results() ?? [],
      faultProblems: timeline?.problems() ?? [],
      lostParts: [...lostParts, ...lostEcho],
      cutShort: signal.aborted,
      stopped: load.stopped,
      startedAt,
    });
    for (const { log } of workers) if (log.path !== null) await rm(log.path, { force: true });
    const samplesTrouble = workers.find(({ samples }) => (samples?.trouble ?? null) !== null)?.samples?.trouble;
    return {
      ...{ result, lostParts, startUs: load.clock.startUs, evidencePaths: parts.evidencePaths },
      samplesTrouble: samplesTrouble ?? undefined,
    };
  } finally {
    await source?.terminate();
    await Promise.all([parts.close(), closeEcho()]);
  }
}

function samplesOf({ samplesPath }: TrialContext, { id }: TrialPlan) {
  return samplesPath === undefined ? null : { path: samplesPath, trial: id };
}

/** Interrupted, nobody waits for a last reading. */
async function endBacklog({ backlog, release }: TrialParts, signal: AbortSignal) {
  if (backlog === null) return null;
  const { watch, deadLetters } = backlog;
  if (signal.aborted) return { samples: await watch.stop(), atEnd: null, deadLetters: null };
  await release();
  return { ...(await watch.finish()), deadLetters: deadLetters === null ? null : await lastReading(deadLetters) };
}

/** null: the broker could not say. */
async function lastReading(gauge: BacklogGauge): Promise<number | null> {
  const timeUp = sleep(lastReadingMs, null, { ref: false });
  const count = await Promise.race([gauge.read().catch(() => null), timeUp]);
  await gauge.close();
  return count;
}

/** Also for trials of other engines. */
export async function prepareFaults(
  { stack, scenario }: TrialContext,
  target: Target,
  windows: Scenario['conditions'][string],
  parts: TrialParts,
): Promise<FaultTimeline | null> {
  if (windows.length === 0) return null;
  const { links, faultParts } = parts;
  const toxiproxy = stack?.toxiproxy ?? null;
  const usual = scenario.workload.service;
  return FaultTimeline.prepare({ protocol: target.protocol, windows, links, toxiproxy, parts: faultParts, usual });
}

interface PlayedLoad extends MeasuredParts {
  readonly clock: LoadClock;
  /** As they were. */
  readonly windows: readonly PhaseWindow[];
  readonly warmupEnded: WarmupResult['ended'];
  /** null: the target has none. */
  readonly watch: WatchResult | null;
  readonly stopped: Stopped | null;
  readonly acknowledged: number;
  /** Operations that were not ok; of those some may have been applied all the same. */
  readonly notOk: number;
  readonly drainMs: number;
  /** Where the load ended, µs from the start of the plan: earlier than planned when it was cut short. */
  readonly loadedUntilUs: number;
}

async function playLoad(
  plan: TrialPlan,
  context: TrialContext,
  source: LoadSource,
  timeline: FaultTimeline | null,
  { parts, echo }: { readonly parts: TrialParts; readonly echo: CanaryEcho | null },
  signal: AbortSignal,
): Promise<PlayedLoad> {
  const { warmupMs, warmupUntilSteady, durationMs } = context.scenario.load;
  const startUs = monotonicNowUs() + leadMs * 1e3;
  const clock = new LoadClock(startUs, { warmupMs, untilSteady: warmupUntilSteady }, source.signals);
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  let stoppedUs = Number.POSITIVE_INFINITY;
  const onAbort = () => {
    stoppedUs = monotonicNowUs();
    source.stop();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const faults = context.scenario.conditions[plan.condition] ?? [];
  let windows = phaseWindows(warmupMs, durationMs, faults);
  const phases = new PhaseLookup(windows, faults.some(endsWhenReady) ? () => source.signals.duringEndMs : null);
  const phaseNow = () => windows[phases.at(clock.offsetUs(monotonicNowUs()))]?.name ?? 'drain';
  const hopeless = HopelessWatch.of(context.scenario.thresholds, plan, startUs);
  let stopped: Stopped | null = null;
  const onProgress = (progress: LoadProgress) => {
    if (stopped !== null || signal.aborted) return;
    stopped = hopeless?.look(monotonicNowUs(), progress) ?? null;
    if (stopped === null) return;
    onAbort();
    over.abort();
  };
  const display = showProgress(plan, context, source, phaseNow, timeline, clock, onProgress);
  const playFaults = async (zeroUs: number) => {
    await timeline?.play(zeroUs, stop);
    if (timeline === null || !faults.some(endsWhenReady)) return;
    const overMs = warmupMs + Math.max(timeline.overAtMs(), ...faults.map(({ atMs, forMs }) => atMs + forMs));
    source.signals.endDuring(overMs);
    windows = duringUntil(windows, source.signals.duringEndMs * 1e3);
  };
  const processes = withEcho(parts.processes, echo);
  const measure = async () => {
    const warmupEnded = await endWarmup(source, clock, context.scenario, parts, stop);
    const zeroUs = clock.timeUs(warmupMs * 1e3);
    parts.loadStarts(zeroUs);
    const endUs = zeroUs + durationMs * 1e3;
    const { watch: settings } = context.scenario.targets[plan.target] ?? {};
    const [used, , watch] = await Promise.all([
      measureParts({ processes, services: parts.services }, { ...context, fromUs: zeroUs, toUs: endUs }, stop),
      playFaults(zeroUs),
      settings === undefined ? null : watchOwnSystem(settings, { fromUs: zeroUs, toUs: endUs }, stop),
    ]);
    return { warmupEnded, watch, ...used };
  };
  source.begin(startUs);
  try {
    const [acknowledged, measured] = await Promise.all([source.whenIdle(), measure()]);
    const endUs = Math.min(clock.timeUs((warmupMs + durationMs) * 1e3), stoppedUs);
    const { notOk } = source.progress();
    const drainMs = Math.max(0, (monotonicNowUs() - endUs) / 1e3);
    return { clock, windows, ...measured, stopped, acknowledged, notOk, drainMs, loadedUntilUs: clock.offsetUs(endUs) };
  } finally {
    over.abort(); // a crashed worker must not leave a fault in force until its window would have ended
    signal.removeEventListener('abort', onAbort);
    clearInterval(display);
    await timeline?.undoAll();
  }
}

/** The canaries' other end is neither a part of the trial nor foreign work. */
function withEcho(processes: PartProcesses, echo: CanaryEcho | null): PartProcesses {
  return echo === null ? processes : { ...processes, rest: [...(processes.rest ?? []), echo.process] };
}

/** Resolves when the end of the warm-up is known, which may lie a little ahead. Cut short, it ends as planned. */
async function endWarmup(
  source: LoadSource,
  clock: LoadClock,
  { load }: Scenario,
  { processes }: TrialParts,
  signal: AbortSignal,
): Promise<WarmupResult['ended']> {
  if (!load.warmupUntilSteady) return 'planned';
  const cpuUs = () => allUs(sampleCpu(processes).usedUs);
  return endWarmupWhenSteady(source, clock, load.warmupMs, cpuUs, signal).catch(() => 'planned');
}

function showProgress(
  plan: TrialPlan,
  { scenario, emit }: TrialContext,
  source: LoadSource,
  phaseNow: () => PhaseName,
  timeline: FaultTimeline | null,
  clock: LoadClock,
  onProgress: (progress: LoadProgress) => void,
): NodeJS.Timeout {
  let phase = '';
  let offeredBefore = 0;
  let beforeUs = clock.startUs;
  return setInterval(() => {
    const nowUs = monotonicNowUs();
    const offsetUs = clock.offsetUs(nowUs);
    const current = phaseNow();
    if (current !== phase) {
      phase = current;
      emit({ type: 'phase', id: plan.id, phase: current });
    }
    const progress = source.progress();
    onProgress(progress);
    emit({
      type: 'progress',
      id: plan.id,
      elapsedMs: Math.max(0, offsetUs / 1e3),
      plannedMs: scenario.load.warmupMs + scenario.load.durationMs,
      ratePerSecond: nowUs > beforeUs ? ((progress.offered - offeredBefore) * 1e6) / (nowUs - beforeUs) : 0,
      p50Us: progress.p50Us,
      p99Us: progress.p99Us,
      errors: progress.notOk,
      inFlight: progress.inFlight,
      faults: [...(timeline?.inForce ?? [])],
    });
    offeredBefore = progress.offered;
    beforeUs = nowUs;
  }, progressMs);
}

/**
 * Waits until the service has applied, or refused for good, all that was acknowledged, or nothing more comes. What is tried
 * again and again and never done is nothing that comes.
 */
async function drainEvidence(
  paths: readonly string[] | null,
  { acknowledged, notOk }: Pick<PlayedLoad, 'acknowledged' | 'notOk'>,
  signal: AbortSignal,
): Promise<{ waitedMs: number; redelivered: number }> {
  if (paths === null) return { waitedMs: 0, redelivered: 0 };
  const reader = new EvidenceReader(...paths);
  const startedMs = performance.now();
  const settled = new DistinctOperations(); // what was tried again may be applied often before others are once
  const requeued = new DistinctOperations();
  let grewAtMs = startedMs;
  let redelivered = 0;
  for (;;) {
    let grew = false;
    for (const record of reader.more()) {
      const isRequeued = record.kind === evidenceKinds.refused && record.step === refusalCodes.requeued;
      if (isRequeued) requeued.add(record);
      const isSettled = record.kind === evidenceKinds.applied || (record.kind === evidenceKinds.refused && !isRequeued);
      if (isSettled) settled.add(record);
      if (isSettled || !requeued.has(record)) grew = true;
      if (record.kind === evidenceKinds.received && record.redelivered) redelivered++;
    }
    const nowMs = performance.now();
    if (grew) grewAtMs = nowMs;
    const quietMs = nowMs - grewAtMs;
    // What was applied without being acknowledged counts, too, and would hide as much that is still to come.
    const enoughQuietMs = notOk === 0 ? 0 : doubtfulQuietMs;
    if (settled.count >= acknowledged && !grew && quietMs >= enoughQuietMs) break;
    if (quietMs > drainQuietMs || nowMs - startedMs > longestDrainMs || signal.aborted) break;
    await sleep(drainPollMs);
  }
  return { waitedMs: performance.now() - startedMs, redelivered };
}
