/** Another tool in place of our load workers: what it is asked to play, and what comes back. */
import type { LatencyCounts } from '../../result/latency-counts.ts';
import type { Load, Target } from '../../scenarios/scenario.ts';
import { formatOperationId } from '../../targets/domain/operation-id.ts';
import type { Call } from '../../targets/driver.ts';
import { CallSource } from '../load/call-source.ts';
import type { PlannedOperation } from '../load/worker-messages.ts';
import type { PhaseWindow } from '../recording/phase-windows.ts';
import { OperationMix } from '../schedule/operation-mix.ts';

export interface EngineOperation extends PlannedOperation {
  /** 0–1 of all operations. */
  readonly share: number;
}

export interface EngineInput {
  readonly target: Target;
  /** `host:port`, as for the native engine. */
  readonly address: string;
  readonly operations: readonly EngineOperation[];
  readonly seed: number;
  readonly keys: { readonly count: number; readonly distribution: 'uniform' | 'zipf' };
  readonly cancellable: number;
  readonly load: Load;
  readonly timeoutMs: number;
  readonly trialTag: string;
  readonly workDirectory: string;
  readonly ghzPath: string | undefined;
  readonly windows: readonly PhaseWindow[];
  /** Where the tool may connect to beside loopback. */
  readonly allowHosts: readonly string[];
  /** Wall-clock time (ms since the epoch) that offset 0 of the phases stands for; the tools know no other clock. */
  readonly startMs: number;
}

/** One operation in one phase. */
export interface EngineOperationResult {
  readonly ok: number;
  readonly rejected: number;
  readonly failed: number;
  readonly timedOut: number;
  /** Of the ok ones, as the tool measured them. */
  readonly latencies: LatencyCounts;
  readonly errors: Readonly<Record<string, number>>;
}

export interface EngineOutput {
  readonly toolVersion: string;
  /** operations[name][phase], in the order of the windows, by the time of the send. */
  readonly operations: Readonly<Record<string, readonly EngineOperationResult[]>>;
  /** null: the tool does not say. */
  readonly bytesUp: number | null;
  readonly bytesDown: number | null;
  /** Of the tool's processes, warm-up included. */
  readonly cpuUs: number | null;
  readonly operationsInAll: number;
  /** What it cannot do beside what no other engine can, a sentence each. */
  readonly limitations: readonly string[];
}

export type RunEngine = (input: EngineInput, signal: AbortSignal) => Promise<EngineOutput>;

/** The calls of one operation, in order: ids as the service's evidence knows them, keys as in a native trial. */
export function callsOf(
  input: Omit<EngineInput, 'operations' | 'startMs'>,
  operation: EngineOperation,
): (n: number) => Call {
  const byIndex = <Value>(value: Value): Value[] => {
    const values: Value[] = [];
    values[operation.index] = value;
    return values;
  };
  const source = new CallSource({
    mix: new OperationMix({ seed: input.seed + operation.index, weights: [1], keys: input.keys }),
    trialTag: input.trialTag,
    worker: 0,
    workers: 1,
    keyUses: byIndex(operation.keyUse),
    poolSizes: byIndex(64),
    cancellable: input.cancellable,
  });
  return (n) => {
    // Each operation is a producer of its own, so that the service's evidence tells them apart.
    const id = formatOperationId(input.trialTag, operation.index, n);
    const call: Call = { operation: operation.index, id, key: '', sequence: n, payload: 0, attempt: 1, random: 0 };
    source.fill(call, n, operation.index);
    return call;
  };
}

export function shareOfRate(load: Load, share: number): number | null {
  return load.model === 'open' ? load.ratePerSecond * share : null;
}
