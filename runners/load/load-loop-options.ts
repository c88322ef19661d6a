/** What the load loop is given, and what it tells the display. */
import type { Resilience } from '../../scenarios/scenario.ts';
import type { Call } from '../../targets/driver.ts';
import type { NotableOperations } from '../recording/notable-operations.ts';
import type { OperationLog } from '../recording/operation-log.ts';
import type { PhaseLookup } from '../recording/phase-windows.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { SampleLog } from '../recording/sample-log.ts';
import type { ShownVersions } from '../recording/shown-versions.ts';
import type { Timeline } from '../recording/timeline.ts';
import type { VersionCourse } from '../recording/version-course.ts';
import type { CallSource } from './call-source.ts';
import type { Fallback } from './fallback.ts';

/** Response percentiles of the live display are over the operations completed since the last look. */
export interface LoadProgress {
  readonly offered: number;
  readonly notOk: number;
  readonly inFlight: number;
  readonly p50Us: number | null;
  readonly p99Us: number | null;
}

export interface LoadLoopOptions {
  readonly slots: number;
  readonly calls: readonly Call[];
  readonly source: CallSource;
  /** How many kinds of them there are. */
  readonly operations: number;
  readonly resilience: Resilience;
  /** Left out: the client answers nothing itself. */
  readonly fallback?: Fallback | null;
  /** Of an attempt, by operation; absent: that of `resilience`. */
  readonly timeoutsMs?: readonly number[];
  /** By operation: its caller is to be refused; absent: nobody is. */
  readonly mustRefuse?: readonly boolean[];
  readonly phases: PhaseLookup;
  readonly recorder: Recorder;
  readonly timeline: Timeline;
  /** Left out: nobody asks for them. */
  readonly versions?: VersionCourse;
  /** There are operations of a version, whose calls are counted over time. Left out: false. */
  readonly hasVersions?: boolean;
  readonly log: OperationLog;
  /** Left out: nobody asked what operations show. */
  readonly shown?: ShownVersions | null;
  /** Left out: nobody asked for each operation. */
  readonly samples?: SampleLog | null;
  readonly notable: NotableOperations;
  readonly seed: number;
  readonly nowUs: () => number;
  /** A slot became free (closed model: its user may go on). */
  readonly onFree?: (slot: number, nowUs: number) => void;
  /** An operation was refused by the client's own policies and never had a slot. */
  readonly onRefused?: (nowUs: number) => void;
}
