/** From a finished trial's records to what its verdict goes by. */
import type { PaymentsResult, TrialResult, Verdict } from '../../result/result-types.ts';
import { isOnThisMachine } from '../../targets/is-on-this-machine.ts';
import { hostsAndPorts } from '../../targets/target-address.ts';
import { canaryFigures } from '../canary/canary-account.ts';
import { faultShifts } from '../faults/fault-shifts.ts';
import { droppedLate } from '../load/load-loop.ts';
import type { WorkerHealthData } from '../load/worker-health.ts';
import { storeFailuresOf } from '../recording/last-words.ts';
import type { RecordedCell } from '../recording/recorder.ts';
import { primaryFigures } from './primary-figures.ts';
import type { TrialRecords } from './trial-records.ts';
import { judge } from './verdict.ts';

/** `measured`: all operations of the measured phases together. */
export function judgeTrial(
  records: TrialRecords,
  measured: RecordedCell,
  phases: TrialResult['phases'],
  payments: PaymentsResult | null,
): Verdict {
  const { scenario, cpu, target } = records;
  const canary = canaryFigures(records.workers.flatMap(({ canaries }) => canaries ?? []));
  const { accountsCents = null, chargedCents = 0 } = payments ?? {};
  const sendLag = scenario.load.model === 'open' ? measured.latency('sendLag') : null;
  return judge({
    sendLagP50Us: sendLag?.atQuantile(0.5) ?? null,
    sendLagP99Us: sendLag?.atQuantile(0.99) ?? null,
    sendLagMaxUs: sendLag?.maxUs ?? null,
    cpuPressure: cpu?.pressure ?? null,
    cpuSteal: cpu?.steal ?? null,
    cpuBusy: cpu?.busy ?? null,
    otherWork: records.allProcessesKnown ? (cpu?.otherWork ?? null) : null,
    notSteady: records.warmupEnded === 'notSteady',
    ...generatorHealth(records, measured),
    canary,
    primaryFigures: primaryFigures(scenario.primary, phases, canary),
    sharesCores: target.address === undefined || hostsAndPorts(target.address, target).some(isOnThisMachine),
    ...(accountsCents !== null && { unexplainedCents: accountsCents - chargedCents }),
    storeFailures: storeFailuresOf(records.lastWords),
    faultProblems: records.faultProblems,
    faultShifts: faultShifts(records.faults),
    lostParts: records.lostParts,
    cutShort: records.cutShort,
    stoppedBy: records.stopped?.threshold.expression ?? null,
  });
}

/** Of the worst load worker each. */
function generatorHealth({ workers }: TrialRecords, { counts, reasons }: RecordedCell) {
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
