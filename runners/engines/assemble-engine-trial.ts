/** What another tool measured, in the terms of our result; what it did not is null or stated. */
import { summariseLatency } from '../../result/latency-summary.ts';
import { defaultPattern, patterns } from '../../result/patterns.ts';
import type {
  LatencyName,
  OperationResult,
  PhaseName,
  PhaseResult,
  SettingValue,
  TrialResult,
} from '../../result/result-types.ts';
import type { Scenario, Target } from '../../scenarios/scenario.ts';
import { EvidenceReader, evidenceKinds } from '../../targets/domain/evidence.ts';
import { isOnThisMachine } from '../../targets/is-on-this-machine.ts';
import { hostsAndPorts } from '../../targets/target-address.ts';
import { faultShifts } from '../faults/fault-shifts.ts';
import type { FaultTimeline } from '../faults/fault-timeline.ts';
import type { TrialPlan } from '../plan-trials.ts';
import type { CpuUse } from '../recording/cpu-account.ts';
import type { PhaseWindow } from '../recording/phase-windows.ts';
import { RecordedCell } from '../recording/recorder.ts';
import { unknownLedger } from '../trial/trial-account.ts';
import { judge } from '../trial/verdict.ts';
import type { EngineOutput } from './engine.ts';

/** Whichever the tool. */
const commonLimitations = [
  'Closed loop: latency counts from the send, not from an intended start, so a stall hides the operations it held back.',
  'Phases go by the wall clock and the time of the send; goodput by the same, not by completion.',
  'No time-outs by deadline, no retries: each operation is one attempt.',
  'It keeps no account of acknowledged operations, so lost ones cannot be told; received and applied are the service’s own.',
];

export interface EngineRecords {
  readonly plan: TrialPlan;
  readonly target: Target;
  readonly scenario: Scenario;
  readonly windows: readonly PhaseWindow[];
  readonly output: EngineOutput;
  readonly use: CpuUse;
  readonly lostParts: readonly string[];
  readonly timeline: FaultTimeline | null;
  readonly evidencePaths: readonly string[] | null;
  readonly semantics: Readonly<Record<string, SettingValue | null>>;
  readonly startedAt: string;
}

export function assembleEngineTrial(records: EngineRecords): TrialResult {
  const { plan, target, output, use, windows, timeline } = records;
  const phases: Partial<Record<PhaseName, PhaseResult>> = {};
  const histograms: Partial<Record<PhaseName, Partial<Record<LatencyName, string>>>> = {};
  for (const [index, window] of windows.entries()) {
    const { phase, total } = assemblePhase(records, window, index);
    phases[window.name] = phase;
    const { ok, offered } = total.counts;
    const response = total.latency('response');
    histograms[window.name] =
      offered === 0 ? {} : { offered: response.encode(offered - ok), ...(ok > 0 && { response: response.encode() }) };
  }
  // The tool and the parts were sampled from start to end, warm-up included: so are the operations here.
  const all = output.operationsInAll;
  const each = (us: number | null) => (us === null || all === 0 ? null : Math.round((us / all) * 10) / 10);
  const { bytesUp, bytesDown } = output;
  return {
    id: plan.id,
    target: plan.target,
    protocol: target.protocol,
    condition: plan.condition,
    variant: plan.variant,
    repeat: plan.repeat,
    engine: target.engine,
    model: 'closed',
    startedAt: records.startedAt,
    semantics: { ...records.semantics, engineVersion: output.toolVersion },
    limitations: [...commonLimitations, ...output.limitations],
    verdict: judge({
      sendLagP50Us: null,
      sendLagP99Us: null,
      sendLagMaxUs: null,
      longestStallMs: null,
      longestGcPauseMs: null,
      gcShare: null,
      droppedLateShare: null,
      cpuBusy: use.busy,
      otherWork: null, // the tool’s own CPU is not among the parts
      notSteady: false,
      cpuPressure: use.pressure,
      cpuSteal: use.steal,
      eventLoopUtilisation: null,
      primaryFigures: [],
      sharesCores: target.address === undefined || hostsAndPorts(target.address, target).some(isOnThisMachine),
      faultProblems: timeline?.problems() ?? [],
      faultShifts: faultShifts(timeline?.results() ?? []),
      lostParts: records.lostParts,
      cutShort: false,
    }),
    phases,
    ledger: serviceLedger(records.evidencePaths),
    wire: {
      bytesUp,
      bytesDown,
      bytesPerOperation:
        bytesUp === null || bytesDown === null || all === 0 ? null : Math.round((bytesUp + bytesDown) / all),
    },
    cpu: {
      generatorUsPerOperation: each(output.cpuUs),
      serviceUsPerOperation: each(use.usedUs.service),
      brokerUsPerOperation: null,
      proxyUsPerOperation: each(use.usedUs.proxy),
    },
    faults: timeline?.results() ?? [],
    timeline: [],
    histograms,
  };
}

function assemblePhase(
  { scenario, output }: EngineRecords,
  window: PhaseWindow,
  index: number,
): { phase: PhaseResult; total: RecordedCell } {
  const total = new RecordedCell();
  const operations: Record<string, OperationResult> = {};
  for (const [name, recordedPhases] of Object.entries(output.operations)) {
    const recorded = recordedPhases[index];
    if (recorded === undefined) continue;
    const cell = new RecordedCell();
    const { ok, rejected, failed, timedOut } = recorded;
    const offered = ok + rejected + failed + timedOut;
    Object.assign(cell.counts, { offered, ok, rejected, failed, timedOut, attempts: offered });
    for (const [reason, count] of Object.entries(recorded.errors)) cell.addReason(reason, count);
    cell.latency('response').add(recorded.latencies);
    const pattern = scenario.workload.operations[name]?.pattern ?? defaultPattern;
    const completion = patterns[pattern].ends;
    operations[name] = { pattern, completion, counts: { ...cell.counts }, latencyUs: latenciesOf(cell) };
    total.add(cell.toData());
  }
  const durationMs = Number.isFinite(window.endUs) ? (window.endUs - window.startUs) / 1e3 : 0;
  const perSecond = (count: number) => (durationMs > 0 ? Math.round((count * 1e6) / durationMs) / 1e3 : 0);
  const phase: PhaseResult = {
    durationMs,
    offeredPerSecond: perSecond(total.counts.offered),
    goodputPerSecond: perSecond(total.counts.ok),
    counts: { ...total.counts },
    latencyUs: latenciesOf(total),
    operations,
    errors: Object.fromEntries(total.reasons),
  };
  return { phase, total };
}

function latenciesOf(cell: RecordedCell): OperationResult['latencyUs'] {
  const response = cell.peekLatency('response');
  const none = { count: 0 };
  return {
    offered: summariseLatency(response, cell.counts.offered),
    response: summariseLatency(response),
    service: summariseLatency(response),
    connectionWait: none,
    sendLag: none,
    // The tool's protocols answer: what it saw of a reply is what it knows.
    acknowledged: summariseLatency(response, cell.counts.offered),
    delivered: none,
    started: none,
    applied: none,
    failed: none,
    timedOut: none,
  };
}

/** Without the other side of the account only what the service itself put on record is known. */
function serviceLedger(evidencePaths: readonly string[] | null): TrialResult['ledger'] {
  if (evidencePaths === null) return unknownLedger;
  const received = new Set<string>();
  const applied = new Set<string>();
  for (const { kind, producer, sequence } of new EvidenceReader(...evidencePaths).more()) {
    const seen = kind === evidenceKinds.received ? received : kind === evidenceKinds.applied ? applied : null;
    seen?.add(`${producer}-${sequence}`);
  }
  return { ...unknownLedger, received: received.size, applied: applied.size };
}
