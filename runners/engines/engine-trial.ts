/** A trial played by another tool: the same service behind the same link, the same faults, its figures in the same result. */
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { TrialResult } from '../../result/result-types.ts';
import { type Engine, resilienceOf, type Target } from '../../scenarios/scenario.ts';
import { judgedAddress } from '../../targets/allow-dial.ts';
import { guaranteeSettings } from '../../targets/guarantee.ts';
import { loadProtocol } from '../../targets/registry.ts';
import type { FaultTimeline } from '../faults/fault-timeline.ts';
import type { PlannedOperation } from '../load/worker-messages.ts';
import type { TrialPlan } from '../plan-trials.ts';
import { cpuUse, sampleCpu } from '../recording/cpu-account.ts';
import { phaseWindows } from '../recording/phase-windows.ts';
import { prepareTrial } from '../trial/prepare-trial.ts';
import { prepareFaults } from '../trial/run-trial.ts';
import type { FinishedTrial, TrialContext } from '../trial/trial-context.ts';
import { openTrialParts } from '../trial/trial-parts.ts';
import { assembleEngineTrial } from './assemble-engine-trial.ts';
import { runAutocannon } from './autocannon-engine.ts';
import type { EngineInput, EngineOperation, EngineOutput, RunEngine } from './engine.ts';
import { runGhz } from './ghz-engine.ts';

export interface EnginePaths {
  readonly ghz?: string;
}

const engines = { autocannon: runAutocannon, ghz: runGhz } as const satisfies Record<
  Exclude<Engine, 'native'>,
  RunEngine
>;
const displayMs = 1_000;

/** As runTrial; an interrupt rejects, since the tools report at their end only. */
export async function runEngineTrial(
  plan: TrialPlan,
  target: Target,
  context: TrialContext,
  paths: EnginePaths,
  signal: AbortSignal,
): Promise<FinishedTrial> {
  const { scenario, stack, workDirectory, cores } = context;
  const startedAt = new Date().toISOString();
  const entry = await loadProtocol(target);
  const prepared = prepareTrial(scenario, target, entry, plan.repeat);
  const parts = await openTrialParts({ scenario, entry, prepared, stack, workDirectory, trialId: plan.id });
  try {
    const faultWindows = scenario.conditions[plan.condition] ?? [];
    const windows = phaseWindows(scenario.load.warmupMs, scenario.load.durationMs, faultWindows);
    const timeline = await prepareFaults(context, prepared, faultWindows, parts);
    const before = sampleCpu(parts.processes, parts.services);
    const input: Omit<EngineInput, 'startMs'> = {
      target: prepared.target,
      address: await judgedAddress(parts.address),
      operations: withShares(prepared.operations),
      seed: prepared.seed,
      keys: scenario.workload.keys,
      cancellable: prepared.population.cancellable,
      load: scenario.load,
      timeoutMs: resilienceOf(scenario, target).timeoutMs,
      trialTag: prepared.trialTag,
      workDirectory,
      ghzPath: paths.ghz,
      windows,
      allowHosts: scenario.allowHosts,
    };
    const output = await play(
      plan,
      context,
      input,
      timeline,
      engines[target.engine as Exclude<Engine, 'native'>],
      signal,
    );
    const use = cpuUse(before, sampleCpu(parts.processes, parts.services), cores, context.idleUsPerSecond);
    const lostParts = parts.lostParts();
    await parts.close();
    const { evidencePaths } = parts;
    const semantics = { ...guaranteeSettings(target, stack), ...entry.semantics(prepared.target) };
    const result: TrialResult = assembleEngineTrial({
      plan,
      target: prepared.target,
      scenario,
      windows,
      output,
      use,
      lostParts,
      timeline,
      evidencePaths,
      semantics,
      startedAt,
    });
    return { result, lostParts, startUs: null, evidencePaths };
  } finally {
    await parts.close();
  }
}

function withShares(operations: readonly PlannedOperation[]): EngineOperation[] {
  const total = operations.reduce((sum, { weight }) => sum + weight, 0);
  return operations.map((operation) => ({ ...operation, share: operation.weight / total }));
}

async function play(
  plan: TrialPlan,
  { scenario, emit }: TrialContext,
  input: Omit<EngineInput, 'startMs'>,
  timeline: FaultTimeline | null,
  runEngine: RunEngine,
  signal: AbortSignal,
): Promise<EngineOutput> {
  const { warmupMs, durationMs } = scenario.load;
  const over = new AbortController();
  const startMs = Date.now();
  const zeroUs = monotonicNowUs() + warmupMs * 1e3;
  emit({ type: 'phase', id: plan.id, phase: 'warmup' });
  const begunMs = performance.now();
  // The tools tell nothing while they run: on the display only time passes.
  const display = setInterval(() => {
    const elapsedMs = performance.now() - begunMs;
    const nothing = { ratePerSecond: 0, p50Us: null, p99Us: null, errors: 0, inFlight: 0 };
    const faults = [...(timeline?.inForce ?? [])];
    emit({ type: 'progress', id: plan.id, elapsedMs, plannedMs: warmupMs + durationMs, ...nothing, faults });
  }, displayMs);
  try {
    const faults = timeline?.play(zeroUs, AbortSignal.any([signal, over.signal]));
    const [output] = await Promise.all([runEngine({ ...input, startMs }, signal), faults]);
    return output;
  } finally {
    over.abort();
    clearInterval(display);
    await timeline?.undoAll();
  }
}
