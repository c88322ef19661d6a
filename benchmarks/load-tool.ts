/** One load tool in one comparison, ours or a peer, and what a round of it says. */
import { BenchError } from '../result/bench-error.ts';
import type { MeasuredCommand } from './measured-command.ts';

const mostAttempts = 2;

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
  /** Of the long run: how the tool was set. */
  readonly commandLine: string;
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

/**
 * CPU a request is the slope between a short and a long run: (C₂ − C₁) / (n₂ − n₁). A reading that cannot be (a machine that
 * stalled in the short run) is taken once more; then rejects.
 */
export async function playRound(tool: LoadTool, lengths: RunLengths, signal: AbortSignal): Promise<ToolRound> {
  for (let attempt = 1; ; attempt++) {
    const short = await tool.run(lengths.shortSeconds, signal);
    const long = await tool.run(lengths.longSeconds, signal);
    const cpuUsPerRequest = slopeOf(short, long);
    if (cpuUsPerRequest === null) {
      if (attempt < mostAttempts) continue;
      throw new BenchError(
        'benchmarkReading',
        `${tool.name} cost no more when it ran longer, ${mostAttempts} times over`,
        {
          hint: 'Something else takes this machine. Stop it, and run the benchmark again.',
        },
      );
    }
    return {
      cpuUsPerRequest,
      commandLine: long.measured.commandLine,
      perSecond: long.perSecond,
      peakRssBytes: long.measured.peakRssBytes,
      completed: long.completed,
      failed: short.failed + long.failed,
      ...(long.verdict === undefined ? {} : { verdict: long.verdict }),
    };
  }
}

/** µs a request; null unless the longer run did more and cost more. */
export function slopeOf(
  short: { readonly completed: number; readonly measured: { readonly cpuUs: number } },
  long: typeof short,
): number | null {
  const slope = (long.measured.cpuUs - short.measured.cpuUs) / (long.completed - short.completed);
  return long.completed > short.completed && slope > 0 ? slope : null;
}
