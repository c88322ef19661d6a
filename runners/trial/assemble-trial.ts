/** Puts a finished trial's records together: merge, reconcile, judge. Pure but for reading the evidence file. */
import { drainSpanOf, highestBacklog } from '../../result/backlog.ts';
import { BlockCounts } from '../../result/block-counts.ts';
import { isPublished, type LaterTime, laterTimes } from '../../result/patterns.ts';
import type { BacklogPoint, BrokerUse, TrialResult } from '../../result/result-types.ts';
import { audienceOf } from '../../scenarios/audience.ts';
import { brokerOf, factsOf } from '../../scenarios/protocols/registry.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { sendsTraceIds, traceIdOf } from '../../targets/driver-kit/trace-context.ts';
import { blocksOf, withIntervals } from '../recording/block-figures.ts';
import type { CpuUse } from '../recording/cpu-account.ts';
import { cpuPerOperation } from '../recording/cpu-per-operation.ts';
import { DrainAccount } from '../recording/drain-account.ts';
import { callersOf, foldCallers } from '../recording/fold-callers.ts';
import { askedOf, rebalancesOf } from '../recording/last-words.ts';
import { measuredTotal } from '../recording/measured-total.ts';
import { notableOf } from '../recording/notable-operations.ts';
import { asPlayed, isMeasured, type PhaseWindow } from '../recording/phase-windows.ts';
import { Recorder } from '../recording/recorder.ts';
import { summariseRecording } from '../recording/summarise-recording.ts';
import { Timeline, timelineIntervalMs } from '../recording/timeline.ts';
import { plannedRate } from '../schedule/planned-rate.ts';
import { cacheAccount } from './cache-account.ts';
import { chainOf } from './chain-account.ts';
import {
  breakerOf,
  failuresOf,
  httpCounts,
  ignoredMessages,
  longestBlock,
  securityOf,
  wireOf,
} from './client-totals.ts';
import { flowPayments } from './flow-account.ts';
import { judgeAgents } from './judge-agents.ts';
import { judgeTrial } from './judge-trial.ts';
import { paidRequestsOf } from './paid-requests.ts';
import { blockPlan } from './prepare-trial.ts';
import { paymentsIn, rebuildsIn, trialAccount } from './trial-account.ts';
import type { TrialRecords } from './trial-records.ts';
import { versionsOf } from './version-account.ts';

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
  const firstOf = operations.map(({ name }) => operations.findIndex((one) => one.name === name));
  const { backlog } = backlogOf(records);
  const drain = drainAccountOf(records, backlog);
  let beforeStart = 0;
  const played = asPlayed(windows, records.clock.warmupEndUs, records.loadedUntilUs);
  const cpu = cpuPerOperation(
    { ...records, cpu: cpuWithOwn(records), hasBroker: brokerOf(target) !== null },
    offeredWhileMeasured(recorder, windows),
  );
  const { ledger, examples, flows, receivedBy, poison, group, outputs, deliveries } = trialAccount(
    records,
    recorder,
    cpu,
    (time, operation, atUs, afterUs) => {
      if (afterUs < 0) beforeStart++;
      if (time === 'delivered') drain?.delivered(atUs, afterUs);
      const block = Math.floor((records.clock.offsetUs(atUs) - blocks.fromUs) / (blocks.widthMs * 1e3));
      const counts = happened[firstOf[operation] ?? operation];
      if (counts === undefined || block < 0) return;
      counts[time] ??= new BlockCounts();
      counts[time].record(block, afterUs);
    },
  );
  const completions = workers[0]?.completions ?? [];
  const folded = foldCallers(recorder, windows.length, operations);
  const recordedOperations = folded.operations.map(({ name, pattern, kind }) => ({
    name,
    pattern,
    completion: completions[kind] ?? 'acknowledged',
    receivers: isPublished(pattern) ? audienceOf(scenario.subscribers?.count ?? 1, records.target).owed : 1,
  }));
  const callers = callersOf(recorder, windows, operations);
  const payments = paymentsIn(records);
  const rebuilds = rebuildsIn(records);
  const chain = chainOf(records);
  const cache = cacheAccount(records);
  const summary = summariseRecording(folded.recorder, played, recordedOperations, records.drainMs, timesSeen(records));
  const paidRequests = paidRequestsOf(records, Object.values(summary.phases), ledger.acknowledged);
  const measured = measuredTotal(folded.recorder, windows);
  const { agents, reasons } = judgeAgents(records);
  // The flows of an agent that was lost are in the accounts, and on no record of clients.
  const isWhole = records.agents.every(({ lost }) => lost === null);
  const paid = payments ?? (flows !== null && isWhole ? flowPayments(flows) : null);
  const verdict = judgeTrial(records, measured, summary.phases, paid, reasons);
  const figures = {
    ...{ recorder: folded.recorder, windows: played, blockMs: blocks.widthMs },
    operations: folded.operations.map(({ name }) => name),
    receivers: recordedOperations.map(({ receivers }) => receivers),
    happened: folded.operations.map(({ kind }) => happened[kind] ?? {}),
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
    ...(agents.length > 0 && { agents, clock: { boundUs: clockBoundUs(records), beforeStart } }),
    warmup: {
      durationMs: Math.min(records.clock.warmupEndUs, records.loadedUntilUs) / 1e3,
      ended: records.warmupEnded,
    },
    phases: withPlannedRates(withIntervals(summary.phases, figures), windows, scenario),
    ledger,
    ...(payments !== null && { payments }),
    ...(examples !== null && { ledgerExamples: examples }),
    ...(receivedBy !== null && { receivedBy }),
    ...(target.gateway !== undefined && { askedBy: askedOf(records.lastWords) }),
    ...(callers.length > 0 && { callers }),
    ...versionsOf(records, recorder),
    ...(flows !== null && { flows }),
    ...(group !== null && { group }),
    ...(outputs !== null && { outputs }),
    ...(deliveries !== null && { deliveries }),
    ...(poison !== null && { poison }),
    ...(rebuilds !== null && { rebuilds }),
    ...(chain !== null && { chain }),
    ...(cache !== null && { cache }),
    reconnects: workers.reduce((sum, { reconnects }) => sum + reconnects, 0),
    ...longestBlock(workers),
    ...stopOf(records),
    ...failuresOf(records),
    ...ignoredMessages(workers),
    ...securityOf(records),
    ...httpCounts(workers),
    wire: wireOf(workers, recorder, windows, operations),
    cpu,
    ...(records.memory !== null && { memory: records.memory }),
    ...(paidRequests !== null && { paidRequests }),
    ...(brokerOf(target) !== null && { brokerUse: brokerUseOf(records) }),
    faults: records.faults,
    ...breakerOf(records),
    timeline: timeline.points(warmupMs, records.clock.skippedUs / 1e3),
    ...(records.watch !== null && { watch: records.watch }),
    notable: notableOf({
      workers: workers.map(({ notable }) => notable),
      operations: operations.map(({ name }) => name),
      phases: windows.map(({ name }) => name),
      loadMs: (offsetUs) => offsetUs / 1e3 - warmupMs,
      traceIdOf: sendsTraceIds(target) ? traceIdOf : null,
    }),
    ...(backlog !== undefined && { backlog }),
    ...(drain !== null && {
      drain: drain.result(
        workers.map(({ log }) => log),
        operations.map(({ pattern }) => pattern),
      ),
    }),
    blocks: blocksOf(figures),
    histograms: summary.histograms,
  };
}

/** Of our services all, of an own system those that an observer saw. */
function timesSeen({ evidencePaths, watchedFlows }: TrialRecords): readonly LaterTime[] {
  if (evidencePaths !== null) return laterTimes;
  return watchedFlows === null ? [] : ['settled'];
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

function backlogOf({ backlog, clock, target, lastWords }: TrialRecords): Pick<TrialResult, 'backlog'> {
  if (backlog === null) return {};
  const points = backlog.samples.map(({ atUs, messages }): BacklogPoint => {
    return { atMs: Math.round(clock.loadMs(atUs)), messages };
  });
  return {
    backlog: {
      counts: backlog.counts,
      points,
      highest: highestBacklog(points),
      // Records have no such mark.
      redelivered: factsOf(target).marksRedelivered ? backlog.redelivered : null,
      rebalances: rebalancesOf(lastWords),
    },
  };
}

/** null: nothing to speak of piled up. */
function drainAccountOf(
  { evidencePaths, faults, clock }: TrialRecords,
  backlog: TrialResult['backlog'],
): DrainAccount | null {
  const [first] = faults.flatMap(({ appliedAtMs }) => appliedAtMs ?? []).sort((a, b) => a - b);
  if (evidencePaths === null || first === undefined || backlog === undefined) return null;
  const span = drainSpanOf(backlog.points, first);
  return span && new DrainAccount(span, (atUs) => clock.loadMs(atUs));
}

/** How far a time of a service may be off from the start of its operation; null: not known. */
function clockBoundUs({ agents }: TrialRecords): number | null {
  const boundUs = Math.max(...agents.map(({ clock }) => clock.boundUs));
  return Number.isFinite(boundUs) ? Math.round(boundUs * 10) / 10 : null;
}

/** In the measured phases, what was to be refused too. */
function offeredWhileMeasured(recorder: Recorder, windows: readonly PhaseWindow[]): number {
  return windows.reduce((sum, { name }, phase) => (isMeasured(name) ? sum + recorder.offeredIn(phase) : sum), 0);
}

function stopOf({ stopped, loadedUntilUs, scenario }: TrialRecords): Pick<TrialResult, 'stoppedByThreshold'> {
  if (stopped === null) return {};
  const { threshold, actual } = stopped;
  const atMs = Math.round(loadedUntilUs / 1e3 - scenario.load.warmupMs);
  return { stoppedByThreshold: { expression: threshold.expression, actual, atMs } };
}

/** An own system stands where ours would: it is the broker of a queue or a stream, else the service. */
function cpuWithOwn({ cpu, watch, target }: TrialRecords): CpuUse | null {
  if (cpu === null || watch === null) return cpu;
  const part = brokerOf(target) === null ? 'service' : 'broker';
  return { ...cpu, usedUs: { ...cpu.usedUs, [part]: watch.cpuUs } };
}

function brokerUseOf({ cpu, brokerSpace }: TrialRecords): BrokerUse {
  return {
    writtenBytes: cpu?.brokerWrittenBytes ?? null,
    idleUsPerSecond: cpu?.brokerIdleUsPerSecond ?? null,
    ...(brokerSpace !== null && brokerSpace),
  };
}
