/** What a trial is given by its run, and what it gives back. */
import type { TrialResult } from '../../result/result-types.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { RunningStack } from '../../targets/stack/stack.ts';
import type { OpenLoad } from '../load/load-source.ts';
import type { CpuUse } from '../recording/cpu-account.ts';
import type { RunEvent } from '../run-events.ts';

export interface TrialContext {
  readonly scenario: Scenario;
  readonly stack: RunningStack | null;
  readonly workDirectory: string;
  readonly cores: number;
  readonly idleUsPerSecond: CpuUse['usedUs'] | undefined;
  /** Left out: threads of this process. */
  readonly openLoad?: OpenLoad;
  /** The address of this host at which the load reaches parts of ours. Left out: loopback. */
  readonly listenHost?: string | undefined;
  /** Where each operation is written, a line each. Left out: nowhere. */
  readonly samplesPath?: string | undefined;
  readonly emit: (event: RunEvent) => void;
}

/** What run-scenario needs to know beside the result. */
export interface FinishedTrial {
  readonly result: TrialResult;
  /** Parts of the stack that were lost: it must be started anew before the next trial. */
  readonly lostParts: readonly string[];
  /** Monotonic µs of the schedule's offset 0; null: an engine with a schedule of its own. */
  readonly startUs: number | null;
  /** Of our services; null: there is none. */
  readonly evidencePaths: readonly string[] | null;
  /** Why the lines of the operations end early; left out: they do not, or there are none. */
  readonly samplesTrouble?: string | undefined;
}
