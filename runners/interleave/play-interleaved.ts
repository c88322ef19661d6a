/** Two sides played alternately on one machine and one stack: the honest way to compare. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { RunResult } from '../../result/result-types.ts';
import { createRunDirectory } from '../../targets/stack/run-directory.ts';
import { type BrokerName, neededBrokers, type StackNeeds } from '../../targets/stack/stack.ts';
import { hostsAndPorts } from '../../targets/target-address.ts';
import type { RunEvent } from '../run-events.ts';
import type { RunOptions } from '../run-options.ts';
import { stackNeeds } from '../run-plan.ts';
import { noParts, ScenarioRun } from '../run-scenario.ts';
import { type BlockOrder, blockOrders } from './block-orders.ts';
import { endText, startService, stopService } from './started-service.ts';

export interface InterleavedSide {
  /** Its `repeats` are the blocks; `emit` and `signal` are the comparison's. */
  readonly run: RunOptions;
  /** Starts the reader's own service; null: it runs, or it is one of ours. */
  readonly startCommand: string | null;
}

export interface Interleaved {
  readonly a: RunResult;
  readonly b: RunResult;
  /** Of the blocks that were begun. */
  readonly blocks: readonly BlockOrder[];
  /** What ended it before its last block; null: nothing. */
  readonly failure: BenchError | null;
}

/** So many blocks in a row without their service, and the rest would be no better. */
const mostFailedInRow = 2;

interface Side extends InterleavedSide {
  readonly letter: 'A' | 'B';
  readonly scenarioRun: ScenarioRun;
}

/**
 * Resolves with both results, `interrupted` when the signal came. What ends it later than that takes no whole block with it: `failure`.
 * Rejects as `runScenario` does before the first block is whole, and with a BenchError (exit 3) when no block had both services.
 */
export async function playInterleaved(a: InterleavedSide, b: InterleavedSide, blocks: number): Promise<Interleaved> {
  const { signal, emit, scenario } = a.run;
  const parts = noParts();
  const needs = joined(stackNeeds(a.run.scenario), stackNeeds(b.run.scenario));
  let started = 0; // of both sides together
  const forward = (event: RunEvent, letter: string) => {
    if (event.type === 'planned' || event.type === 'finished') return; // there is one of each
    const named = 'id' in event ? { ...event, id: `${letter} ${event.id}` } : event;
    if (named.type === 'trialStarted') started++;
    emit('index' in named ? { ...named, index: started - 1 } : named);
  };
  const sides = ([a, b] as const).map((side, n): Side => {
    const letter = n === 0 ? 'A' : 'B';
    const startStack: RunOptions['startStack'] = (_, ofRun) => side.run.startStack(needs, ofRun);
    const startsOwnSystems = side.startCommand !== null;
    const options = { ...side.run, startStack, startsOwnSystems, emit: (event: RunEvent) => forward(event, letter) };
    return { ...side, letter, scenarioRun: new ScenarioRun(options, parts) };
  });
  const orders = blockOrders(scenario.workload.seed, blocks);
  const total = sides.flatMap(({ scenarioRun }) => scenarioRun.plans);
  emit({ type: 'planned', trials: total.length, totalMs: total.reduce((sum, { plannedMs }) => sum + plannedMs, 0) });
  const work = await createRunDirectory();
  let begun = 0;
  let failedInRow = 0;
  let played = 0;
  let failure: BenchError | null = null;
  try {
    for (const { scenarioRun } of sides) await scenarioRun.begin();
    for (const [index, order] of orders.entries()) {
      if (signal.aborted) break;
      begun++;
      try {
        await playBlock(order === 'AB' ? sides : [...sides].reverse(), index + 1, work.path, signal);
        failedInRow = 0;
        played++;
      } catch (error) {
        if (!(error instanceof BenchError) || signal.aborted) throw error;
        failedInRow++;
        const isLast = !isOfItsServices(error, sides) || failedInRow >= mostFailedInRow;
        if (isLast && played === 0) throw error;
        emit({ type: 'warning', text: `block ${index + 1} is left out. ${error.message}` });
        if (!isLast) continue;
        failure = error;
        break;
      }
    }
    if (played === 0 && !signal.aborted) throw nothingPlayed();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    for (const { scenarioRun } of sides) await scenarioRun.clear();
    await work.remove();
  }
  const [resultA, resultB] = [await sides[0]?.scenarioRun.end(), await sides[1]?.scenarioRun.end()];
  if (resultA === undefined || resultB === undefined) throw nothingPlayed();
  emit({ type: 'finished', status: resultA.status });
  return { a: resultA, b: resultB, blocks: orders.slice(0, begun), failure };
}

/** Started anew for the next block, they may be there again; a broken stack is not. */
function isOfItsServices({ code, exitCode }: BenchError, sides: readonly Side[]): boolean {
  const isStarted = sides.some(({ startCommand }) => startCommand !== null);
  return code === 'serviceNotStarted' || (isStarted && exitCode === exitCodes.stack);
}

function nothingPlayed(): BenchError {
  return new BenchError('nothingPlayed', 'No block of the comparison had the services of both sides', { exitCode: 3 });
}

/** With services of their own each side plays its trials in one go, else trial by trial in turn. */
async function playBlock(sides: readonly Side[], block: number, directory: string, signal: AbortSignal): Promise<void> {
  const steps = sides.map((side) =>
    side.scenarioRun.plans.flatMap((plan, index) => (plan.repeat === block ? [index] : [])),
  );
  if (sides.some(({ startCommand }) => startCommand !== null)) {
    for (const [n, side] of sides.entries()) await playWithService(side, steps[n] ?? [], directory, signal);
    return;
  }
  const most = Math.max(...steps.map(({ length }) => length));
  for (let step = 0; step < most; step++) {
    for (const [n, { scenarioRun }] of sides.entries()) {
      const index = steps[n]?.[step];
      if (index !== undefined && !signal.aborted) await scenarioRun.playPlanned(index);
    }
  }
}

async function playWithService(
  side: Side,
  steps: readonly number[],
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const { startCommand, scenarioRun, run } = side;
  const addresses = [
    ...new Set(
      Object.values(run.scenario.targets).flatMap((target) =>
        target.address === undefined ? [] : hostsAndPorts(target.address, target),
      ),
    ),
  ];
  const service = startCommand === null ? null : await startService(startCommand, addresses, directory, signal);
  try {
    for (const index of steps) {
      if (signal.aborted) break;
      await scenarioRun.playPlanned(index);
      if (service === null || service.exit === null || signal.aborted) continue;
      const text = `the service of ${side.letter} ended by itself (${endText(service.exit)}); what it left unanswered counts as failed`;
      run.emit({ type: 'warning', text });
    }
  } finally {
    if (service !== null) await stopService(service, addresses);
  }
}

function joined(one: StackNeeds, other: StackNeeds): StackNeeds {
  const brokers: Partial<Record<BrokerName, number>> = { ...one.brokers };
  for (const [name, members] of neededBrokers(other)) brokers[name] = Math.max(members, brokers[name] ?? 0);
  const secured = [...new Set([...(one.secured ?? []), ...(other.secured ?? [])])];
  return { toxiproxy: one.toxiproxy || other.toxiproxy, brokers, ...(secured.length > 0 && { secured }) };
}
