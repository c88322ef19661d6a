/** What `npm run benchmark -- <name>` runs. */
export interface BenchmarkOptions {
  /** For inputs and outputs of tools; removed afterwards. */
  readonly directory: string;
  readonly rounds: number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface BenchmarkReport {
  readonly text: string;
  /** Goes to benchmarks/results as it is. */
  readonly data: object;
}

export interface Benchmark {
  readonly describe: string;
  /** Whatever it starts has ended when it settles. */
  run(options: BenchmarkOptions): Promise<BenchmarkReport>;
}
