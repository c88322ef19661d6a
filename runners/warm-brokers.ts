/** Load that nobody records: a JVM and a fresh broker are several times slower in their first seconds. */
import type { BrokerWarmUp } from '../result/result-types.ts';
import { endsWhenReady } from '../scenarios/faults/registry.ts';
import { type BrokerName, brokerOf } from '../scenarios/protocols/registry.ts';
import type { Load, Scenario, Target } from '../scenarios/scenario.ts';
import { brokerProcesses } from '../targets/stack/stack.ts';
import { BrokerWarmth } from './broker-warmth.ts';
import type { RunEvent } from './run-events.ts';
import { runTrial } from './trial/run-trial.ts';
import type { TrialContext } from './trial/trial-context.ts';

/** Documented in docs/fairness.md: change both. */
const longestMs = 8_000;
/** Of brokers whose CPU nobody can read. */
const usualMs = 5_000;
/** A JVM gets warm by what it is asked, not by how near that is to its limit. */
const mostPerSecond = 2_000;

/**
 * Each broker once, side by side, over the first target that uses it: at the scenario's rate until its CPU an operation is
 * steady. Resolves with what came of it, by broker; rejects as `runTrial` does.
 */
export async function warmBrokers(
  scenario: Scenario,
  contextOf: (target: Target) => TrialContext,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Record<string, BrokerWarmUp>> {
  const byBroker = new Map<BrokerName, Target>();
  for (const target of Object.values(scenario.targets)) {
    const broker = target.address === undefined ? brokerOf(target) : null;
    if (broker !== null && !byBroker.has(broker)) byBroker.set(broker, target);
  }
  if (byBroker.size === 0) return {};
  const names = [...byBroker.keys()].join(' and ');
  emit({ type: 'message', text: `warming up ${names} for at most ${longestMs / 1e3} s` });
  const warmed = await Promise.all(
    [...byBroker].map(async ([broker, target]) => {
      return [broker, await warmOne(scenario, broker, target, contextOf(target), signal)] as const;
    }),
  );
  return Object.fromEntries(warmed);
}

async function warmOne(
  scenario: Scenario,
  broker: BrokerName,
  target: Target,
  context: TrialContext,
  signal: AbortSignal,
): Promise<BrokerWarmUp> {
  const processes = context.stack === null ? [] : brokerProcesses(context.stack, broker);
  const warm = new AbortController();
  let warmth: BrokerWarmth | null = null;
  const look = (event: RunEvent) => {
    if (event.type !== 'progress' || warm.signal.aborted) return;
    warmth ??= new BrokerWarmth(processes, () => warm.abort());
    warmth.progress(event);
  };
  const durationMs = processes.some((one) => one.cpuUs() !== null) ? longestMs : usualMs;
  const quiet = { ...scenario, load: warmUpLoad(scenario.load, durationMs), conditions: {} };
  const plan = { id: `warm-up-${target.name}`, target: target.name, condition: 'warm-up', variant: {}, repeat: 0 };
  const ended = AbortSignal.any([signal, warm.signal]);
  await runTrial({ ...plan, plannedMs: 0 }, target, { ...context, scenario: quiet, emit: look }, ended);
  signal.throwIfAborted();
  return (warmth as BrokerWarmth | null)?.result() ?? { durationMs, steady: null, spread: null };
}

/** As much as the scenario asks for when it asks for most, without its changes. */
function warmUpLoad(load: Load, durationMs: number): Load {
  const common = { warmupMs: 0, warmupUntilSteady: false, durationMs };
  if (load.model === 'closed') {
    const { userStages: _, ...steady } = load;
    return { ...steady, ...common };
  }
  const perSecond = Math.min(load.ratePerSecond, mostPerSecond);
  const stages = [{ forMs: durationMs, fromPerSecond: perSecond, toPerSecond: perSecond }];
  const arrivals = load.arrivals === 'recorded' ? 'poisson' : load.arrivals;
  return { ...load, ...common, arrivals, recording: null, search: null, ratePerSecond: perSecond, stages };
}

/** Its broker is started again during the trial, and cold when the next one begins. */
export function killsBroker({ conditions }: Scenario, condition: string): boolean {
  return (conditions[condition] ?? []).some(
    (window) => endsWhenReady(window) && 'part' in window && window.part === 'broker',
  );
}
