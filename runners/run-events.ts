/** What happens during a run, for whoever shows it. */
import type { PhaseName, RunResult, Verdict } from '../result/result-types.ts';

export type RunEvent =
  | { readonly type: 'message' | 'warning'; readonly text: string }
  | { readonly type: 'planned'; readonly trials: number; readonly totalMs: number }
  | {
      readonly type: 'trialStarted';
      readonly index: number;
      readonly id: string;
      readonly target: string;
      readonly condition: string;
      readonly repeat: number;
      readonly plannedMs: number;
    }
  | { readonly type: 'phase'; readonly id: string; readonly phase: PhaseName }
  | {
      readonly type: 'progress';
      readonly id: string;
      /** Since the start of the load. */
      readonly elapsedMs: number;
      readonly plannedMs: number;
      readonly ratePerSecond: number;
      readonly p50Us: number | null;
      readonly p99Us: number | null;
      readonly errors: number;
      readonly inFlight: number;
      /** In force now. */
      readonly faults: readonly string[];
    }
  | {
      readonly type: 'trialFinished';
      readonly index: number;
      readonly id: string;
      readonly verdict: Verdict['status'];
      readonly summary: {
        readonly p50Us: number | null;
        readonly p99Us: number | null;
        readonly goodputPerSecond: number;
        readonly notOk: number;
      };
    }
  /** Every trial of it; not of the last one, which `finished` follows. */
  | {
      readonly type: 'repeatFinished';
      readonly repeat: number;
      readonly repeats: number;
      /** All that is there by now. */
      readonly result: RunResult;
    }
  | { readonly type: 'finished'; readonly status: RunResult['status'] };
