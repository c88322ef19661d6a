/** Faults of processes act on what this run has started, which is known once its stack is there. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { brokerOf } from '../../scenarios/protocols/registry.ts';
import type { PartFault, PartName, Scenario } from '../../scenarios/scenario.ts';
import type { RunningStack } from '../../targets/stack/stack.ts';

/**
 * Throws a BenchError (exit 3) when a fault of the scenario, of any condition, needs a process that somebody else runs: the
 * trials before it would be for nothing.
 */
export function requireFaultParts({ targets, conditions }: Scenario, { processes }: Pick<RunningStack, 'processes'>) {
  for (const window of Object.values(conditions).flat()) {
    if (!('part' in window)) continue;
    const { part } = window;
    if (part !== 'broker' && part !== 'toxiproxy') continue; // a service is always ours, or refused by validation
    const names = part === 'toxiproxy' ? (['toxiproxy'] as const) : Object.values(targets).map(brokerOf);
    if (names.some((name) => name !== null && processes[name] === undefined)) throw faultPartMissing(window, part);
  }
}

export function faultPartMissing({ fault }: PartFault, part: PartName): BenchError {
  return new BenchError('faultPartMissing', `The fault ${fault} needs a ${part} that this run has started itself`, {
    hint: 'Use --stack native: what runs in containers, or was there already, is neither paused nor killed.',
    exitCode: exitCodes.stack,
  });
}
