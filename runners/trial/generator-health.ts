/** How well load workers could do their work. */
import { droppedLate } from '../load/load-loop.ts';
import type { WorkerHealthData } from '../load/worker-health.ts';
import type { WorkerData } from '../load/worker-messages.ts';
import type { RecordedCell } from '../recording/recorder.ts';
import type { VerdictInput } from './verdict.ts';

type GeneratorHealth = Pick<
  VerdictInput,
  'eventLoopUtilisation' | 'longestStallMs' | 'longestGcPauseMs' | 'gcShare' | 'droppedLateShare'
>;

/** Of the worst load worker each. */
export function generatorHealth(workers: readonly WorkerData[], { counts, reasons }: RecordedCell): GeneratorHealth {
  const known = workers.flatMap(({ health }) => (health === null || health.measuredMs === 0 ? [] : [health]));
  const worst = (of: (health: WorkerHealthData) => number) => (known.length === 0 ? null : Math.max(...known.map(of)));
  return {
    eventLoopUtilisation: worst((health) => health.eventLoopUtilisation),
    longestStallMs: worst((health) => health.longestStallMs),
    longestGcPauseMs: worst((health) => health.longestGcPauseMs),
    gcShare: worst(({ gcPausesMs, measuredMs }) => gcPausesMs / measuredMs),
    droppedLateShare: counts.offered === 0 ? null : (reasons.get(droppedLate) ?? 0) / counts.offered,
  };
}
