/** One protocol's share of the benchmark: its server and its comparisons. */
import type { Comparison } from './comparison.ts';

export interface PartContext {
  /** For the tools' inputs and outputs; removed afterwards. */
  readonly directory: string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface PreparedPart {
  readonly comparisons: readonly Comparison[];
  /** Program → version, for the results. */
  readonly versions: Readonly<Record<string, string>>;
  /** Stops what was started. */
  stop(): Promise<void>;
}

export interface Part {
  /** What is sent where, over how many connections. */
  readonly task: string;
  /** What its rounds take on a quiet two-core machine, the tools' starts included; what has no goal is in the first only. */
  readonly roundSeconds: { readonly first: number; readonly later: number };
  prepare(context: PartContext): Promise<PreparedPart>;
}

export const ratePerSecond = 3_000;
export const payloadBytes = 1_024;
/** 12,000 requests between the short and the long run: one percent of them is what 10 ms of start-up noise make. */
export const fixedRateLengths = { shortSeconds: 1, longSeconds: 5 } as const;
/** Whole seconds: wrk knows no others. */
export const highestLengths = { shortSeconds: 1, longSeconds: 4 } as const;
