/** The load of one trial, its faults and its measurements, side by side. */
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { PhaseName, WarmupResult, WatchResult } from '../../result/result-types.ts';
import { endsWhenReady } from '../../scenarios/faults/registry.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { CanaryEcho } from '../canary/start-canary-echo.ts';
import type { FaultTimeline } from '../faults/fault-timeline.ts';
import { LoadClock } from '../load/load-clock.ts';
import type { LoadProgress } from '../load/load-loop-options.ts';
import type { LoadSource } from '../load/load-source.ts';
import type { TrialPlan } from '../plan-trials.ts';
import { allUs, type PartProcesses, sampleCpu } from '../recording/cpu-account.ts';
import { type MeasuredParts, measureParts } from '../recording/measure-parts.ts';
import { watchOwnSystem } from '../recording/own-watch.ts';
import { duringUntil, PhaseLookup, type PhaseWindow, phaseWindows } from '../recording/phase-windows.ts';
import type { SubscriberCrew } from '../subscribe/subscriber-crew.ts';
import { HopelessWatch, type Stopped } from './hopeless-watch.ts';
import type { TrialParts } from './opened-parts.ts';
import type { TrialContext } from './trial-context.ts';
import { endWarmupWhenSteady } from './warmup-watch.ts';

/** Between "everything is open" and the first arrival: the pacer threads start meanwhile. */
const leastLeadMs = 250;
const progressMs = 500;

export interface PlayedLoad extends MeasuredParts {
  /** When the warm-up began, ISO 8601. */
  readonly startedAt: string;
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

export interface Players {
  readonly parts: TrialParts;
  readonly echo: CanaryEcho | null;
  /** null: nothing is published. Left out: as null. */
  readonly crew?: Pick<SubscriberCrew, 'measure'> | null;
}

/** Resolves when every operation is complete or the load was cut short; rejects when a worker is lost. */
export async function playLoad(
  plan: TrialPlan,
  context: TrialContext,
  source: LoadSource,
  timeline: FaultTimeline | null,
  { parts, echo, crew }: Players,
  signal: AbortSignal,
): Promise<PlayedLoad> {
  const { warmupMs, warmupUntilSteady, durationMs } = context.scenario.load;
  const leadMs = Math.max(leastLeadMs, source.leadMs ?? 0);
  const startUs = monotonicNowUs() + leadMs * 1e3;
  const startedAt = new Date(Date.now() + leadMs).toISOString();
  const clock = new LoadClock(startUs, { warmupMs, untilSteady: warmupUntilSteady }, source.signals);
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  let stoppedUs = Number.POSITIVE_INFINITY;
  const onAbort = () => {
    stoppedUs = monotonicNowUs();
    source.stop();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const onOver = () => {
    onAbort();
    over.abort();
  };
  source.over?.addEventListener('abort', onOver);
  const faults = context.scenario.conditions[plan.condition] ?? [];
  let windows = phaseWindows(warmupMs, durationMs, faults);
  const phases = new PhaseLookup(windows, faults.some(endsWhenReady) ? () => source.signals.duringEndMs : null);
  const phaseNow = () => windows[phases.at(clock.offsetUs(monotonicNowUs()))]?.name ?? 'drain';
  const hopeless = HopelessWatch.of(context.scenario.thresholds, plan, startUs);
  let stopped: Stopped | null = null;
  const onProgress = (progress: LoadProgress) => {
    if (stopped !== null || signal.aborted) return;
    stopped = hopeless?.look(monotonicNowUs(), progress) ?? null;
    if (stopped !== null) onOver();
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
    crew?.measure(zeroUs, endUs);
    const { watch: settings } = context.scenario.targets[plan.target] ?? {};
    const [used, , watch] = await Promise.all([
      measureParts({ processes, services: parts.services }, { ...context, fromUs: zeroUs, toUs: endUs }, stop),
      playFaults(zeroUs),
      settings === undefined ? null : watchOwnSystem(settings, { fromUs: zeroUs, toUs: endUs }, stop),
    ]);
    return { warmupEnded, watch, ...used };
  };
  source.begin(startUs);
  if (source.over?.aborted) onOver(); // while faults were prepared
  try {
    const [acknowledged, measured] = await Promise.all([source.whenIdle(), measure()]);
    const endUs = Math.min(clock.timeUs((warmupMs + durationMs) * 1e3), stoppedUs);
    const { notOk } = source.progress();
    const drainMs = Math.max(0, (monotonicNowUs() - endUs) / 1e3);
    const loadedUntilUs = clock.offsetUs(endUs);
    return { startedAt, clock, windows, ...measured, stopped, acknowledged, notOk, drainMs, loadedUntilUs };
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
