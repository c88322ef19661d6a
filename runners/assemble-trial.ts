/** Puts a finished trial's records together: merge, reconcile, judge. Pure but for reading the evidence file. */
import { highestBacklog } from '../result/backlog.ts';
import { sumOfBatches } from '../result/batch-counts.ts';
import { BlockCounts } from '../result/block-counts.ts';
import { sumOfBodies } from '../result/body-bytes.ts';
import { isHandedOver, type LaterTime } from '../result/patterns.ts';
import type {
  BacklogPoint,
  BreakerChange,
  BrokerUse,
  LedgerResult,
  MemoryResult,
  PaymentsResult,
  SettingValue,
  TrialResult,
  WarmupResult,
  WatchResult,
} from '../result/result-types.ts';
import { operationOf, referenceOperations } from '../scenarios/operations.ts';
import { brokerOf, protocolFacts } from '../scenarios/protocols/registry.ts';
import { resilienceOf, type Scenario, type Target } from '../scenarios/scenario.ts';
import { EvidenceReader } from '../targets/domain/evidence.ts';
import type { HeldState } from '../targets/domain/held-state.ts';
import { sendsTraceIds, traceIdOf } from '../targets/driver-kit/trace-context.ts';
import type { Stopped } from './hopeless-watch.ts';
import { judgeTrial } from './judge-trial.ts';
import type { LoadClock } from './load/load-clock.ts';
import type { PlannedOperation, WorkerData } from './load/worker-messages.ts';
import type { TrialPlan } from './plan-trials.ts';
import { blockPlan } from './prepare-trial.ts';
import type { BacklogSample } from './recording/backlog-watch.ts';
import { blocksOf, withIntervals } from './recording/block-figures.ts';
import type { CpuUse } from './recording/cpu-account.ts';
import { cpuPerOperation } from './recording/cpu-per-operation.ts';
import type { PartWaits } from './recording/cpu-waits.ts';
import { firstFailures } from './recording/failure-samples.ts';
import { type AllLastWords, chargedCentsOf, rebalancesOf } from './recording/last-words.ts';
import { type Ledger, type OnLaterTime, reconcileLedger } from './recording/ledger.ts';
import { notableOf } from './recording/notable-operations.ts';
import { paymentsOf } from './recording/payments.ts';
import { asPlayed, isMeasured, type PhaseWindow, phaseAt } from './recording/phase-windows.ts';
import { RecordedCell, Recorder } from './recording/recorder.ts';
import { mergeCells, summariseRecording } from './recording/summarise-recording.ts';
import { Timeline, timelineIntervalMs } from './recording/timeline.ts';
import { plannedRate } from './schedule/planned-rate.ts';

export interface BacklogRecords {
  readonly counts: string;
  readonly samples: readonly BacklogSample[];
  /** Messages that waited after the drain; null: not known. */
  readonly atEnd: number | null;
  /** Messages that our service has put aside, as the broker counts them; null: none could be, or it could not say. */
  readonly deadLetters: number | null;
  readonly redelivered: number;
}

export interface TrialRecords {
  readonly plan: TrialPlan;
  readonly target: Target;
  /** What the ids of its operations begin with. */
  readonly trialTag: string;
  readonly semantics: Readonly<Record<string, SettingValue | null>>;
  readonly operations: readonly PlannedOperation[];
  readonly windows: readonly PhaseWindow[];
  readonly scenario: Scenario;
  readonly clock: LoadClock;
  readonly warmupEnded: WarmupResult['ended'];
  readonly allProcessesKnown: boolean;
  readonly workers: readonly WorkerData[];
  readonly evidencePaths: readonly string[] | null;
  readonly lastWords: AllLastWords;
  /** What our services hold at the end; null: not known. */
  readonly held: HeldState | null;
  readonly drainMs: number;
  /** Where the load ended, µs from the start of the plan. */
  readonly loadedUntilUs: number;
  readonly backlog: BacklogRecords | null;
  readonly cpu: CpuUse | null;
  /** null: the target has none. */
  readonly watch: WatchResult | null;
  readonly waits: PartWaits | null;
  readonly memory: MemoryResult | null;
  readonly faults: TrialResult['faults'];
  readonly faultProblems: readonly string[];
  readonly lostParts: readonly string[];
  readonly cutShort: boolean;
  /** What ended the load before its time; null: nothing. */
  readonly stopped: Stopped | null;
  readonly startedAt: string;
}

function brokerUseOf(cpu: CpuUse | null): BrokerUse {
  return { writtenBytes: cpu?.brokerWrittenBytes ?? null, idleUsPerSecond: cpu?.brokerIdleUsPerSecond ?? null };
}

export const unknownLedger: LedgerResult = {
  acknowledged: null,
  received: null,
  applied: null,
  lost: null,
  unacknowledgedButApplied: null,
  duplicatesReceived: null,
  duplicatesApplied: null,
  reordered: null,
  corrupted: null,
  stateLost: null,
  deadLettered: null,
  refusedUnheard: null,
};

export function assembleTrial(records: TrialRecords): TrialResult {
  const { plan, target, windows, operations, scenario, workers } = records;
  const { warmupMs, durationMs } = scenario.load;
  const blocks = blockPlan(scenario.load);
  const recorder = new Recorder(windows.length, operations.length, blocks);
  const timeline = new Timeline(timelineIntervalMs(warmupMs + durationMs));
  for (const { recording, timeline: intervals } of workers) {
    recorder.add(recording);
    timeline.add(intervals);
  }
  const happened = operations.map((): Partial<Record<LaterTime, BlockCounts>> => ({}));
  const { ledger, examples } = reconcile(records, recorder, (time, operation, atUs, afterUs) => {
    const block = Math.floor((records.clock.offsetUs(atUs) - blocks.fromUs) / (blocks.widthMs * 1e3));
    const counts = happened[operation];
    if (counts === undefined || block < 0) return;
    counts[time] ??= new BlockCounts();
    counts[time].record(block, afterUs);
  });
  const completions = workers[0]?.completions ?? [];
  const recordedOperations = operations.map(({ name, pattern, index }) => ({
    name,
    pattern,
    completion: completions[index] ?? 'acknowledged',
  }));
  const payments = paymentsIn(records);
  const deliveryKnown = records.evidencePaths !== null;
  const played = asPlayed(windows, records.clock.warmupEndUs, records.loadedUntilUs);
  const summary = summariseRecording(recorder, played, recordedOperations, records.drainMs, deliveryKnown);
  const measured = measuredTotal(recorder, windows);
  const verdict = judgeTrial(records, measured, summary.phases, payments);
  const figures = {
    ...{ recorder, windows: played, operations: operations.map(({ name }) => name), blockMs: blocks.widthMs },
    happened,
    longestStallMs: verdict.figures?.longestStallMs ?? 0,
  };
  return {
    id: plan.id,
    target: plan.target,
    protocol: target.protocol,
    condition: plan.condition,
    variant: plan.variant,
    repeat: plan.repeat,
    engine: target.engine,
    model: scenario.load.model,
    startedAt: records.startedAt,
    semantics: records.semantics,
    limitations: [],
    verdict,
    warmup: {
      durationMs: Math.min(records.clock.warmupEndUs, records.loadedUntilUs) / 1e3,
      ended: records.warmupEnded,
    },
    phases: withPlannedRates(withIntervals(summary.phases, figures), windows, scenario),
    ledger,
    ...(payments !== null && { payments }),
    ...(examples !== null && { ledgerExamples: examples }),
    reconnects: workers.reduce((sum, { reconnects }) => sum + reconnects, 0),
    ...longestBlock(workers),
    ...stopOf(records),
    ...failuresOf(records),
    ...ignoredMessages(workers),
    wire: wireOf(workers, recorder, windows, operations),
    cpu: cpuPerOperation(
      { ...records, cpu: cpuWithOwn(records), hasBroker: brokerOf(target) !== null },
      measured.counts.offered,
    ),
    ...(records.memory !== null && { memory: records.memory }),
    ...(brokerOf(target) !== null && { brokerUse: brokerUseOf(records.cpu) }),
    faults: records.faults,
    ...breakerOf(records),
    timeline: timeline.points(warmupMs, records.clock.skippedUs / 1e3),
    ...(records.watch !== null && { watch: records.watch }),
    notable: notableOf({
      workers: workers.map(({ notable }) => notable),
      operations: operations.map(({ name }) => name),
      phases: windows.map(({ name }) => name),
      loadMs: (offsetUs) => (offsetUs - records.clock.warmupEndUs) / 1e3,
      traceIdOf: sendsTraceIds(target) ? traceIdOf : null,
    }),
    ...backlogOf(records),
    blocks: blocksOf(figures),
    histograms: summary.histograms,
  };
}

function withPlannedRates(
  phases: TrialResult['phases'],
  windows: readonly PhaseWindow[],
  { load }: Scenario,
): TrialResult['phases'] {
  const planned = windows.flatMap(({ name, startUs, endUs }) => {
    const phase = phases[name];
    return phase === undefined
      ? []
      : [[name, { ...phase, plannedPerSecond: plannedRate(load, startUs, endUs) }] as const];
  });
  return Object.fromEntries(planned);
}

function longestBlock(workers: TrialRecords['workers']): Pick<TrialResult, 'blockedPublishers'> {
  const blocks = workers.flatMap(({ blockedPublishers }) => blockedPublishers ?? []);
  const [longest] = blocks.sort((a, b) => b.durationMs - a.durationMs);
  return longest === undefined ? {} : { blockedPublishers: longest };
}

function ignoredMessages(workers: TrialRecords['workers']): Pick<TrialResult, 'ignoredMessages'> {
  const counts = workers.flatMap((worker) => worker.ignoredMessages ?? []);
  return counts.length === 0 ? {} : { ignoredMessages: counts.reduce((sum, one) => sum + one, 0) };
}

function breakerOf({ scenario, target, workers, clock }: TrialRecords): Pick<TrialResult, 'breaker'> {
  if (resilienceOf(scenario, target).breaker === undefined) return {};
  const changes = workers.flatMap(({ breakerChanges }, client) =>
    breakerChanges.map(({ atUs, state }): BreakerChange => {
      return { atMs: Math.round(clock.offsetUs(atUs) / 1e3 - scenario.load.warmupMs), state, client };
    }),
  );
  return { breaker: changes.sort((a, b) => a.atMs - b.atMs) };
}

function backlogOf({ backlog, clock, scenario, target, lastWords }: TrialRecords): Pick<TrialResult, 'backlog'> {
  if (backlog === null) return {};
  const points = backlog.samples.map(({ atUs, messages }): BacklogPoint => {
    return { atMs: Math.round(clock.offsetUs(atUs) / 1e3 - scenario.load.warmupMs), messages };
  });
  return {
    backlog: {
      counts: backlog.counts,
      points,
      highest: highestBacklog(points),
      // Records have no such mark.
      redelivered: protocolFacts[target.protocol].marksRedelivered ? backlog.redelivered : null,
      rebalances: rebalancesOf(lastWords),
    },
  };
}

interface Account {
  readonly ledger: LedgerResult;
  readonly examples: TrialResult['ledgerExamples'] | null;
}

/** `onHappened`: `atUs` is when, `afterUs` how long after the intended start. */
function reconcile(records: TrialRecords, recorder: Recorder, onHappened: OnLaterTime): Account {
  const { evidencePaths, workers, windows, operations, clock, target, scenario } = records;
  if (evidencePaths === null) return { ledger: unknownLedger, examples: null };
  const reader = new EvidenceReader(...evidencePaths);
  const { ledger, cases } = reconcileLedger(
    {
      logs: workers.map(({ log }) => log),
      checksums: workers[0]?.checksums ?? [],
      patterns: operations.map(({ pattern }) => pattern),
      hasEffect: operations.map(({ action }) => action === null || operationOf(action)?.isRead === false),
      acceptedOnly: operations.map(({ pattern }) => isHandedOver(pattern) && promisesNothing(target)),
      evidence: reader.more(),
      held: records.held?.operations ?? null,
    },
    (time, operation, intendedUs, afterUs) => {
      const offsetUs = clock.offsetUs(intendedUs);
      const phase = phaseAt(windows, offsetUs);
      recorder.cell(phase, operation).latency(time).record(afterUs);
      recorder.recordBlock(phase, operation, time, offsetUs, afterUs);
      onHappened(time, operation, intendedUs + afterUs, afterUs);
    },
  );
  const loadMs = (atUs: number) => clock.offsetUs(atUs) / 1e3 - scenario.load.warmupMs;
  const { atEnd = null, deadLetters = null } = records.backlog ?? {};
  const examples = cases.examples(records.trialTag, records.faults, loadMs);
  return { ledger: withPending(withDeadLetters(ledger, deadLetters), atEnd), examples };
}

function paymentsIn({ evidencePaths, operations, workers, lastWords, held }: TrialRecords): PaymentsResult | null {
  const paying = operations.filter(({ action }) => action === referenceOperations.payOrder.action);
  if (evidencePaths === null || paying.length === 0) return null;
  const logs = workers.map(({ log }) => log);
  const indices = paying.map(({ index }) => index);
  const accountsCents = held?.chargedCents ?? chargedCentsOf(lastWords);
  const evidence = new EvidenceReader(...evidencePaths).more();
  return paymentsOf(logs, indices, evidence, accountsCents, held?.operations);
}

/**
 * A service says that it has put a message aside before its broker has it there: what is not there is lost. `counted`: in
 * a place of the trial's own; null: not known, or not asked.
 */
export function withDeadLetters(ledger: Ledger, counted: number | null): Ledger {
  if (counted === null || counted >= ledger.deadLettered) return ledger;
  return { ...ledger, deadLettered: counted, lost: ledger.lost + ledger.deadLettered - counted };
}

/** What still waits in the broker after the drain is not lost. `pending`: how much; null: not known. */
export function withPending(ledger: Ledger, pending: number | null): LedgerResult {
  if (pending === null) return ledger;
  const pendingInBroker = Math.min(pending, ledger.lost + ledger.acceptedOnlyGone);
  const ofLost = Math.min(pendingInBroker, ledger.lost);
  const acceptedOnlyGone = ledger.acceptedOnlyGone - (pendingInBroker - ofLost);
  return { ...ledger, lost: ledger.lost - ofLost, acceptedOnlyGone, pendingInBroker };
}

/** Nobody answers what is published: it counts as acknowledged once our own socket has taken it. */
function promisesNothing(target: Target): boolean {
  return ('acks' in target && target.acks === 0) || ('confirms' in target && !target.confirms);
}

function measuredTotal(recorder: Recorder, windows: readonly PhaseWindow[]): RecordedCell {
  const total = new RecordedCell();
  windows.forEach(({ name }, phase) => {
    if (isMeasured(name)) total.add(mergeCells(recorder.phase(phase)).toData());
  });
  return total;
}

/** Over the whole load, warm-up included, since sockets know no phases. */
function wireOf(
  workers: readonly WorkerData[],
  recorder: Recorder,
  windows: readonly PhaseWindow[],
  operations: readonly PlannedOperation[],
): TrialResult['wire'] {
  const bytesUp = workers.reduce((sum, { wire }) => sum + wire.up, 0);
  const bytesDown = workers.reduce((sum, { wire }) => sum + wire.down, 0);
  const offered = windows.reduce((sum, _, phase) => sum + mergeCells(recorder.phase(phase)).counts.offered, 0);
  const bytesPerOperation = offered === 0 ? null : Math.round((bytesUp + bytesDown) / offered);
  const bodies = workers.flatMap((worker) => worker.bodies ?? []);
  const batches = workers.flatMap((worker) => worker.batches ?? []);
  return {
    ...{ bytesUp, bytesDown, bytesPerOperation },
    ...(bodies.length > 0 && { bodies: sumOfBodies(bodies) }),
    ...(batches.length > 0 && { batches: sumOfBatches(batches) }),
    ...(workers.some(({ messages }) => messages !== null) && { messages: messagesOf(workers, operations) }),
  };
}

function stopOf({ stopped, loadedUntilUs, scenario }: TrialRecords): Pick<TrialResult, 'stoppedByThreshold'> {
  if (stopped === null) return {};
  const { threshold, actual } = stopped;
  const atMs = Math.round(loadedUntilUs / 1e3 - scenario.load.warmupMs);
  return { stoppedByThreshold: { expression: threshold.expression, actual, atMs } };
}

function failuresOf({ workers, operations, scenario }: TrialRecords): Pick<TrialResult, 'failures'> {
  const names = operations.map(({ name }) => name);
  const failures = firstFailures(
    workers.flatMap((worker) => worker.failures),
    names,
    scenario.load.warmupMs,
  );
  return failures.length === 0 ? {} : { failures };
}

function messagesOf(workers: readonly WorkerData[], operations: readonly PlannedOperation[]) {
  const sum = (index: number, way: 'sent' | 'received') =>
    workers.reduce((total, { messages }) => total + (messages?.[index]?.[way] ?? 0), 0);
  return Object.fromEntries(
    operations.map(({ name, index }) => [name, { sent: sum(index, 'sent'), received: sum(index, 'received') }]),
  );
}

/** An own system stands where ours would: it is the broker of a queue or a stream, else the service. */
function cpuWithOwn({ cpu, watch, target }: TrialRecords): CpuUse | null {
  if (cpu === null || watch === null) return cpu;
  const part = brokerOf(target) === null ? 'service' : 'broker';
  return { ...cpu, usedUs: { ...cpu.usedUs, [part]: watch.cpuUs } };
}
