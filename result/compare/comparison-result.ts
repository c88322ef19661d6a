/** The shape of `comparison.json`: what `bench compare` says of two or more results. Latencies are microseconds. */
import type { SettingValue, Verdict, Warning } from '../result-types.ts';

/**
 * What the intervals rest on. `interleaved`: A and B were played alternately on one machine, each block is a pair.
 * `baselineNoise`: stored runs, widened by how much runs of the same differ by a stored A/A set. `stored`: stored runs
 * alone; how much two runs of the same would differ is not known, so that only a large factor tells anything.
 */
export const comparisonMethods = ['interleaved', 'baselineNoise', 'stored'] as const;
export type ComparisonMethod = (typeof comparisonMethods)[number];

/** The first side is the base. */
export interface ComparedSide {
  /** As the reader named it: a folder, or `A` and `B`. */
  readonly name: string;
  readonly runId: string;
  readonly scenario: string;
  readonly startedAt: string;
  readonly status: 'complete' | 'partial' | 'interrupted';
  readonly trials: number;
  /** Settings that only this side has, e.g. `workload.service.workTime=12ms`; the command that started its service. */
  readonly settings: readonly string[];
}

/** Between the base and one other side. */
export interface RunDifference {
  /** Name of the other side. */
  readonly side: string;
  /** e.g. `load.ratePerSecond`, `environment.cpu`, `targets.rest.connections` */
  readonly what: string;
  /** As JSON; null: there is none. */
  readonly base: string | null;
  readonly other: string | null;
  /** Figures of the two are of different things: compared only when forced. */
  readonly refused: boolean;
}

export const comparisonAnswers = ['better', 'worse', 'same', 'cannotTell'] as const;
export type ComparisonAnswer = (typeof comparisonAnswers)[number];

export interface ComparedRatio {
  /** Other ÷ base, geometric mean. */
  readonly ratio: number;
  /** 95 %, of all rows told at once together. null: not known. */
  readonly low: number | null;
  readonly high: number | null;
  /** 90 % of this row alone: the two one-sided tests, each at 5 %. null: not known. */
  readonly low90: number | null;
  readonly high90: number | null;
}

export interface ComparisonRow {
  /** Name of the side that is held against the base. */
  readonly side: string;
  readonly target: string;
  readonly variant: Readonly<Record<string, SettingValue>>;
  readonly condition: string;
  readonly phase: string;
  /** null: all operations together. */
  readonly operation: string | null;
  /** e.g. `p99`, `delivered p99`, `goodput` */
  readonly metric: string;
  /** µs for latencies; a second, bytes or a plain number otherwise. */
  readonly unit: 'us' | 'perSecond' | 'bytes' | 'number';
  readonly higherIsBetter: boolean;
  /** The scenario's one figure that is tested; the rest explores. */
  readonly isPrimary: boolean;
  /** Middle values; null: not reached, or not known. */
  readonly base: number | null;
  readonly other: number | null;
  /** Trials that count, of each side. */
  readonly baseTrials: number;
  readonly otherTrials: number;
  /** Pairs in time; null where there are none, as of stored runs. */
  readonly pairs: number | null;
  readonly ratio: ComparedRatio | null;
  readonly answer: ComparisonAnswer;
  /** The trials themselves are doubtful (the machine was disturbed), so that their interval is worth nothing. */
  readonly isDoubtful: boolean;
  /** Why nothing is told, or what is beside the interval, in one sentence; null: nothing. */
  readonly reason: string | null;
  /** Of `cannotTell`: so many interleaved pairs would tell ± `minEffect`; null: not known, or told. */
  readonly pairsNeeded: number | null;
  /** The smallest change that would have been told, as a share (0.3: ± 30 %); null: not known. */
  readonly tellsFrom: number | null;
}

/** Of one target, variant and condition: what is counted, over all its trials that count. */
export interface ComparisonCount {
  readonly side: string;
  readonly target: string;
  readonly variant: Readonly<Record<string, SettingValue>>;
  readonly condition: string;
  /** e.g. `lost`, `duplicatesApplied`, `failed`, `timedOut` */
  readonly what: string;
  /** null: not known. */
  readonly base: number | null;
  readonly other: number | null;
  readonly baseTrials: number;
  readonly otherTrials: number;
}

/** The latencies of every offered operation of a phase, all trials of a side that count together. */
export interface ComparedCurve {
  readonly side: string;
  readonly target: string;
  readonly variant: Readonly<Record<string, SettingValue>>;
  readonly condition: string;
  readonly phase: string;
  /** Quantile (0–1), µs. Left out: fewer than ten operations lie beyond, or it was not reached. */
  readonly points: readonly (readonly [number, number])[];
}

export interface LeftOutTrial {
  readonly side: string;
  readonly trial: string;
  readonly verdict: Verdict['status'];
  readonly reason: string;
}

/** `--fail-on` */
export interface GateResult {
  readonly expression: string;
  /** `cannotTell`: the bound lies within an interval, or nothing fits the expression. */
  readonly status: 'pass' | 'fail' | 'cannotTell';
  /** Rows that decided, as `target condition phase operation metric`. */
  readonly rows: readonly string[];
}

export interface ComparisonResult {
  readonly kind: 'comparison';
  readonly schemaVersion: 1;
  readonly semanticsVersion: number;
  /** `interrupted`: only blocks that were whole by then are in it. */
  readonly status: 'complete' | 'interrupted';
  readonly scenario: string;
  readonly question: string | null;
  readonly method: ComparisonMethod;
  /** Share that anybody would act on: 0.05 is ± 5 %. */
  readonly minEffect: number;
  /** Of `interleaved`: order of each block, `AB` or `BA`. */
  readonly blocks: readonly ('AB' | 'BA')[];
  readonly sides: readonly ComparedSide[];
  readonly differences: readonly RunDifference[];
  /** There are differences for which it would have been refused. */
  readonly isForced: boolean;
  /** The primary first. */
  readonly rows: readonly ComparisonRow[];
  readonly counts: readonly ComparisonCount[];
  /** Absent in results of earlier versions. */
  readonly curves?: readonly ComparedCurve[];
  readonly leftOut: readonly LeftOutTrial[];
  /** What only one side has, in words. */
  readonly onlyOneHas: readonly string[];
  readonly gates: readonly GateResult[];
  readonly warnings: readonly Warning[];
}
