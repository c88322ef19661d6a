/** From the blocks of a trial to what is stored of them: the counts once, and how sure each percentile is within the run. */
import type { BlockCounts } from '../../result/block-counts.ts';
import { LatencyCounts } from '../../result/latency-counts.ts';
import { percentileNames, quantileOf } from '../../result/latency-summary.ts';
import type { LaterTime } from '../../result/patterns.ts';
import type { BlocksResult, PhaseName, PhaseResult, WithinRun } from '../../result/result-types.ts';
import { withinRunInterval } from '../../result/statistics/statistics-blocks.ts';
import { isMeasured, type PhaseWindow } from './phase-windows.ts';
import { type BlockLatency, blockLatencies, type RecordedCell, type Recorder } from './recorder.ts';

type Phases = Partial<Record<PhaseName, PhaseResult>>;

export interface BlockFiguresInput {
  /** happened[operation]: by when it happened. */
  readonly happened: readonly Readonly<Partial<Record<LaterTime, BlockCounts>>>[];
  readonly recorder: Recorder;
  readonly windows: readonly PhaseWindow[];
  /** By index. */
  readonly operations: readonly string[];
  /** By operation: how many receive it, each with a `delivered` of its own. */
  readonly receivers: readonly number[];
  readonly blockMs: number;
  /** Of the load workers; 0: not known. */
  readonly longestStallMs: number;
}

export function blocksOf({ recorder, windows, operations, blockMs, happened }: BlockFiguresInput): BlocksResult {
  const phases: Partial<Record<PhaseName, Record<string, Partial<Record<BlockLatency, string>>>>> = {};
  windows.forEach(({ name: phase }, index) => {
    if (!isMeasured(phase)) return;
    phases[phase] = Object.fromEntries(
      operations.map((name, operation) => {
        const cell = recorder.cell(index, operation);
        const texts = blockLatencies.map((latency) => [latency, cell.blocks(latency).encode()] as const);
        return [name, Object.fromEntries(texts.filter(([, text]) => text !== ''))];
      }),
    );
  });
  const byTime = operations.map((name, operation) => {
    const texts = Object.entries(happened[operation] ?? {}).map(([time, counts]) => [time, counts.encode()] as const);
    return [name, Object.fromEntries(texts.filter(([, text]) => text !== ''))] as const;
  });
  return { blockMs, phases, happened: Object.fromEntries(byTime) };
}

/** The phases with an interval beside each percentile that has one. */
export function withIntervals(phases: Phases, input: BlockFiguresInput): Phases {
  const { recorder, windows, operations } = input;
  const result: Phases = { ...phases };
  windows.forEach(({ name: phase }, index) => {
    const part = phases[phase];
    if (part === undefined || !isMeasured(phase)) return;
    const told = operations.flatMap((name, operation) => {
      const found = part.operations[name];
      if (found === undefined) return [];
      const withinRunUs = intervalsOf(recorder.cell(index, operation), input.receivers[operation] ?? 1, input);
      return [[name, { ...found, withinRunUs }] as const];
    });
    result[phase] = { ...part, operations: { ...part.operations, ...Object.fromEntries(told) } };
  });
  return result;
}

function intervalsOf(cell: RecordedCell, receivers: number, { blockMs, longestStallMs }: BlockFiguresInput): WithinRun {
  const offered = cell.blocks('offered');
  const entries = blockLatencies.flatMap((latency) => {
    const counts = cell.peekLatency(latency === 'offered' ? 'response' : latency) ?? new LatencyCounts();
    const blocks: BlockCounts = cell.blocks(latency);
    if (counts.count === 0) return [];
    const each = latency === 'delivered' ? receivers : 1;
    const source = { counts, blocks, offered, each, blockMs, longestStallMs };
    const intervals = percentileNames.flatMap((name) => {
      const interval = withinRunInterval(source, quantileOf(name));
      return interval === null ? [] : [[name, interval] as const];
    });
    return [[latency, Object.fromEntries(intervals)] as const];
  });
  return Object.fromEntries(entries);
}
