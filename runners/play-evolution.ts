/** Clients and services of two versions over the wires of a scenario's targets, once, before any load. */
import { BenchError } from '../result/bench-error.ts';
import type { SchemaChange } from '../result/evolution-names.ts';
import type { EvolutionResult, RunResult, Warning } from '../result/result-types.ts';
import type { Spoken } from '../scenarios/protocols/registry.ts';
import { type PlayedWire, playWire } from '../targets/evolution/play-wire.ts';
import { loadProtocol } from '../targets/registry.ts';
import { type RunningStack, requireBroker } from '../targets/stack/stack.ts';

/** Of all wires, side by side. Their libraries give up earlier, a group of a Kafka that has just begun is the slowest; beyond, something hangs. */
const mostMs = 60_000;

export interface PlayedEvolution {
  readonly evolution: EvolutionResult;
  /** Of wires that failed or took too long: they have no cells. */
  readonly warnings: readonly Warning[];
}

/** Rejects when `signal` aborts. */
export async function playEvolution(
  changes: readonly SchemaChange[],
  targets: readonly Spoken[],
  stack: RunningStack | null,
  signal: AbortSignal,
): Promise<PlayedEvolution> {
  const begunMs = performance.now();
  const wires = await wiresOf(targets, stack);
  const ended = AbortSignal.any([signal, AbortSignal.timeout(mostMs)]);
  const played = await Promise.allSettled(wires.map((wire) => playWire(wire, changes, ended)));
  signal.throwIfAborted();
  return {
    evolution: {
      durationMs: Math.round(performance.now() - begunMs),
      wires: wires.map(({ name, wire: { carriedBy, formats } }) => ({
        ...{ wire: name, carriedBy },
        readBy: Object.fromEntries(Object.entries(formats).map(([format, { readBy }]) => [format, readBy])),
      })),
      cells: played.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])),
    },
    warnings: played.flatMap((one, n) =>
      one.status === 'fulfilled' ? [] : failedWire(wires[n]?.name ?? '', one.reason),
    ),
  };
}

/** Of a run that is gone on with; undefined: there is none, or a wire failed and is to be tried again. */
export function wholeEvolution(earlier: RunResult | undefined): EvolutionResult | undefined {
  const evolution = earlier?.evolution;
  return evolution?.wires.every(({ wire }) => evolution.cells.some((cell) => cell.wire === wire))
    ? evolution
    : undefined;
}

/** Each once, by the broker where there is one. */
async function wiresOf(targets: readonly Spoken[], stack: RunningStack | null): Promise<PlayedWire[]> {
  const byName = new Map(targets.map((target) => [target.broker ?? target.protocol, target]));
  const wires = [...byName].map(async ([name, target]): Promise<PlayedWire> => {
    const { evolution } = await loadProtocol(target);
    if (evolution === undefined) throw new BenchError('internal', `${name} has no messages of two versions`);
    const broker = target.broker === undefined ? '' : requireBroker(stack?.brokers ?? {}, target.broker).directAddress;
    return { name, wire: await evolution(), broker };
  });
  return Promise.all(wires);
}

function failedWire(wire: string, reason: unknown): Warning {
  const why = reason instanceof Error ? reason.message : String(reason);
  return {
    code: 'evolutionFailed',
    message: `Messages of two versions could not be played over ${wire}: ${why}. The table of evolution is without it.`,
    remedy: 'Run it again; when it comes again, look at the broker’s log.',
  };
}
