/** Load that nobody records: a JVM and a fresh broker are several times slower in their first seconds. */
import { endsWhenReady } from '../scenarios/faults/registry.ts';
import { brokerOf } from '../scenarios/protocols/registry.ts';
import type { Scenario, Target } from '../scenarios/scenario.ts';
import type { RunEvent } from './run-events.ts';
import { runTrial } from './trial/run-trial.ts';
import type { TrialContext } from './trial/trial-context.ts';

const warmUpMs = 5_000;

/** Each broker once, with the scenario's own load over the first target that uses it. Rejects as `runTrial` does. */
export async function warmBrokers(
  scenario: Scenario,
  contextOf: (target: Target) => TrialContext,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const byBroker = new Map<string, Target>();
  for (const target of Object.values(scenario.targets)) {
    const broker = target.address === undefined ? brokerOf(target) : null;
    if (broker !== null && !byBroker.has(broker)) byBroker.set(broker, target);
  }
  if (byBroker.size === 0) return;
  emit({ type: 'message', text: `warming up ${[...byBroker.keys()].join(' and ')} for ${warmUpMs / 1e3} s` });
  const load = { ...scenario.load, warmupMs: 0, warmupUntilSteady: false, durationMs: warmUpMs };
  const quiet = { ...scenario, load, conditions: {} };
  await Promise.all(
    [...byBroker.values()].map((target) => {
      const plan = { id: `warm-up-${target.name}`, target: target.name, condition: 'warm-up', variant: {}, repeat: 0 };
      const context = { ...contextOf(target), scenario: quiet, emit: () => undefined };
      return runTrial({ ...plan, plannedMs: 0 }, target, context, signal);
    }),
  );
}

/** Its broker is started again during the trial, and cold when the next one begins. */
export function killsBroker({ conditions }: Scenario, condition: string): boolean {
  return (conditions[condition] ?? []).some(
    (window) => endsWhenReady(window) && 'part' in window && window.part === 'broker',
  );
}
