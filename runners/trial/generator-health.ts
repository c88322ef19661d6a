/** How well load workers could do their work. */
import type { Load } from '../../scenarios/scenario.ts';
import { droppedLate } from '../load/load-loop.ts';
import type { WorkerHealthData } from '../load/worker-health.ts';
import type { WorkerData } from '../load/worker-messages.ts';
import type { RecordedCell } from '../recording/recorder.ts';
import type { HealthInput } from './verdict.ts';

/** Of the worst load worker each; `measured`: all that these workers recorded in the measured phases. */
export function generatorHealth(
  workers: readonly WorkerData[],
  measured: RecordedCell,
  model: Load['model'],
): HealthInput {
  const { counts, reasons } = measured;
  const sendLag = model === 'open' ? measured.latency('sendLag') : null;
  const known = workers.flatMap(({ health }) => (health === null || health.measuredMs === 0 ? [] : [health]));
  const worst = (of: (health: WorkerHealthData) => number) => (known.length === 0 ? null : Math.max(...known.map(of)));
  return {
    sendLagP50Us: sendLag?.atQuantile(0.5) ?? null,
    sendLagP99Us: sendLag?.atQuantile(0.99) ?? null,
    sendLagMaxUs: sendLag?.maxUs ?? null,
    eventLoopUtilisation: worst((health) => health.eventLoopUtilisation),
    longestStallMs: worst((health) => health.longestStallMs),
    longestGcPauseMs: worst((health) => health.longestGcPauseMs),
    gcShare: worst(({ gcPausesMs, measuredMs }) => gcPausesMs / measuredMs),
    droppedLateShare: counts.offered === 0 ? null : (reasons.get(droppedLate) ?? 0) / counts.offered,
  };
}
