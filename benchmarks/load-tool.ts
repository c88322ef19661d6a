/** One load tool in one comparison, ours or a peer, and what a round of it says. */
import type { MeasuredCommand } from './measured-command.ts';

export interface LoadTool {
  readonly name: string;
  /** Where the comparison with ours is not like for like, one sentence each; for ours, what it does beside. */
  readonly unequal: readonly string[];
  /** Loads for so long (its own warm-up included) and counts. Rejects when the tool fails. */
  run(seconds: number, signal: AbortSignal): Promise<LoadRun>;
}

export interface LoadRun {
  readonly measured: MeasuredCommand;
  /** Completed successfully, by the tool's own count, over its whole life. */
  readonly completed: number;
  /** Begun and not completed successfully. */
  readonly failed: number;
  /** Completions a second as the tool states them. */
  readonly perSecond: number;
  /** Only ours says such a thing. */
  readonly verdict?: {
    readonly status: string;
    readonly reasons: readonly string[];
    readonly sendLagP99Us: number | null;
  };
}

export interface ToolRound {
  /** What one more request costs: fixed costs (start, compiling, reports) cancel out between a short and a long run. */
  readonly cpuUsPerRequest: number;
  readonly perSecond: number;
  readonly peakRssBytes: number;
  readonly completed: number;
  readonly failed: number;
  readonly verdict?: LoadRun['verdict'];
}

export interface RunLengths {
  readonly shortSeconds: number;
  readonly longSeconds: number;
}

/** CPU a request is the slope between a short and a long run: (C₂ − C₁) / (n₂ − n₁). */
export async function playRound(tool: LoadTool, lengths: RunLengths, signal: AbortSignal): Promise<ToolRound> {
  const short = await tool.run(lengths.shortSeconds, signal);
  const long = await tool.run(lengths.longSeconds, signal);
  return {
    cpuUsPerRequest: (long.measured.cpuUs - short.measured.cpuUs) / (long.completed - short.completed),
    perSecond: long.perSecond,
    peakRssBytes: long.measured.peakRssBytes,
    completed: long.completed,
    failed: short.failed + long.failed,
    ...(long.verdict === undefined ? {} : { verdict: long.verdict }),
  };
}
