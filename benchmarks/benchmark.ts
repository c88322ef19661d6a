import type { GoalLine } from './goal-line.ts';

/** How much of it is run. */
export interface BenchmarkExtent {
  readonly rounds: number;
  /** Of a benchmark that is one long run; null: as long as it takes for its goal. */
  readonly durationSeconds: number | null;
}

/** What `npm run benchmark -- <name>` runs. */
export interface BenchmarkOptions extends BenchmarkExtent {
  /** For inputs and outputs of tools; removed afterwards. */
  readonly directory: string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface BenchmarkReport {
  readonly text: string;
  readonly goals: readonly GoalLine[];
  /** Goes to benchmarks/results as it is. */
  readonly data: object;
}

export interface Benchmark {
  readonly describe: string;
  /** On a quiet machine, with all programs there. */
  expectedSeconds(extent: BenchmarkExtent): number;
  /** Whatever it starts has ended when it settles. */
  run(options: BenchmarkOptions): Promise<BenchmarkReport>;
}
