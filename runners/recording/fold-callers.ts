/** One operation by several callers was recorded as so many kinds of call: here they are one operation again, or one caller. */
import { summariseLatency } from '../../result/latency-summary.ts';
import type { CallerResult, Pattern } from '../../result/result-types.ts';
import type { OperationCaller } from '../../targets/driver.ts';
import { measuredTotal } from './measured-total.ts';
import type { PhaseWindow } from './phase-windows.ts';
import { Recorder } from './recorder.ts';
import { countsOf } from './summarise-recording.ts';

/** A kind of call, by its index. */
export interface RecordedKind {
  readonly index: number;
  readonly name: string;
  readonly pattern: Pattern;
  readonly caller?: OperationCaller;
}

export interface FoldedOperation {
  readonly name: string;
  readonly pattern: Pattern;
  /** The first of its kinds. */
  readonly kind: number;
}

export interface FoldedRecording {
  readonly recorder: Recorder;
  readonly operations: readonly FoldedOperation[];
  /** By kind of call: which of `operations` it is. */
  readonly operationOf: readonly number[];
}

export function foldCallers(recorder: Recorder, phases: number, kinds: readonly RecordedKind[]): FoldedRecording {
  const names = [...new Set(kinds.map(({ name }) => name))];
  const operationOf = kinds.map(({ name }) => names.indexOf(name));
  const operations = names.map((name, n) => {
    const kind = operationOf.indexOf(n);
    return { name, pattern: kinds[kind]?.pattern ?? 'request-reply', kind };
  });
  if (names.length === kinds.length) return { recorder, operations, operationOf };
  const folded = new Recorder(phases, names.length);
  for (let phase = 0; phase < phases; phase++) {
    recorder.phase(phase).forEach((cell, kind) => {
      folded.cell(phase, operationOf[kind] ?? 0).add(cell.toData());
    });
    folded.completedOk[phase] = recorder.completedOk[phase] ?? 0;
  }
  return { recorder: folded, operations, operationOf };
}

/** Over the measured phases; none: nobody says who is calling. */
export function callersOf(
  recorder: Recorder,
  windows: readonly PhaseWindow[],
  kinds: readonly RecordedKind[],
): CallerResult[] {
  const callers = new Map(
    kinds.flatMap(({ caller }) => (caller === undefined ? [] : [[caller.name, caller] as const])),
  );
  return [...callers.values()].map(({ name, holds, mayBeServed }) => {
    const own = new Set(kinds.flatMap(({ index, caller }) => (caller?.name === name ? [index] : [])));
    const total = measuredTotal(recorder, windows, (kind) => own.has(kind));
    const { refusals, reasons, refusalReasons } = total;
    return {
      ...{ name, holds, mayBeServed },
      counts: countsOf(total),
      refusedAsExpected: refusals.refusedAsExpected,
      toldWhen: refusals.toldWhen,
      refusals: byCount(refusalReasons),
      errors: byCount(reasons),
      responseUs: summariseLatency(total.peekLatency('response')),
    };
  });
}

/** The most frequent first. */
function byCount(reasons: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...reasons].sort(([, a], [, b]) => b - a));
}
