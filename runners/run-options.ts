/** What a run is given, and the error that leaves with what it has found. */
import { BenchError } from '../result/bench-error.ts';
import type { PlanView, RunResult } from '../result/result-types.ts';
import type { Scenario, Target } from '../scenarios/scenario.ts';
import type { RunningStack, StackNeeds } from '../targets/stack/stack.ts';
import type { EnginePaths } from './engines/engine-trial.ts';
import type { OpenLoad } from './load/load-source.ts';
import type { ResultStore } from './result-store.ts';
import type { RunEvent } from './run-events.ts';

export interface RunOptions {
  readonly scenario: Scenario;
  /** The targets of a sweep, by `variantKey`. */
  readonly variants: ReadonlyMap<string, Target>;
  /** As stored: environment values redacted. */
  readonly plan: PlanView;
  readonly store: ResultStore;
  /** What an earlier run of the same plan has left: its finished trials are not run again. */
  readonly earlier?: RunResult | undefined;
  readonly emit: (event: RunEvent) => void;
  /** The user's own services are started later than the run: nobody answers before. */
  readonly startsOwnSystems?: boolean;
  /** Who makes the load of native trials; left out: threads of this process. */
  readonly openLoad?: OpenLoad | undefined;
  /** See TrialContext. */
  readonly listenHost?: string | undefined;
  /** Hosts of the run's own parts, beside loopback and what the scenario allows. */
  readonly partHosts?: readonly string[] | undefined;
  /** A file that each operation is written to, a line each; see `SampleLog`. */
  readonly samplesPath?: string | undefined;
  /** Starts what the run needs; called again when a part was lost. */
  readonly startStack: (needs: StackNeeds, signal: AbortSignal) => Promise<RunningStack>;
  /** Gets what targets take beside the stack, other engines and gateways, by name; says where the engines are. */
  readonly ensurePrograms: (names: ReadonlySet<string>, signal: AbortSignal) => Promise<EnginePaths>;
  /** Aborted: the run ends politely, with what it has. */
  readonly signal: AbortSignal;
}

/** A run that ended for `error` after some of its trials; `result` has those, and is stored. */
export class BrokenRunError extends BenchError {
  readonly result: RunResult;

  constructor(error: BenchError, result: RunResult) {
    const { code, message, hint, exitCode } = error;
    super(code, message, { ...(hint !== undefined && { hint }), exitCode, cause: error });
    this.result = result;
  }
}
