/** From what the load workers recorded to the `phases` and `histograms` of a trial's result. */
import { LatencyCounts } from '../../result/latency-counts.ts';
import { summariseLatency } from '../../result/latency-summary.ts';
import { isRareTime, type LaterTime, laterTimes, patterns } from '../../result/patterns.ts';
import type {
  Completion,
  Counts,
  LatencyName,
  LatencySummaries,
  LatencySummary,
  OperationResult,
  Pattern,
  PhaseName,
  PhaseResult,
  PolicyResult,
} from '../../result/result-types.ts';
import type { PhaseWindow } from './phase-windows.ts';
import { RecordedCell, type Recorder, recordedLatencies } from './recorder.ts';

export interface RecordedOperation {
  readonly name: string;
  readonly pattern: Pattern;
  readonly completion: Completion;
  /** How many are to have it, each with a `delivered` of its own. Left out: one. */
  readonly receivers?: number;
}

export interface RecordingSummary {
  readonly phases: Partial<Record<PhaseName, PhaseResult>>;
  readonly histograms: Partial<Record<PhaseName, Partial<Record<LatencyName, string>>>>;
}

/** `drainMs`: how long the drain really took. `seen`: the later times that someone saw of every operation. */
export function summariseRecording(
  recorder: Recorder,
  windows: readonly PhaseWindow[],
  operations: readonly RecordedOperation[],
  drainMs: number,
  seen: readonly LaterTime[],
): RecordingSummary {
  const phases: RecordingSummary['phases'] = {};
  const histograms: RecordingSummary['histograms'] = {};
  windows.forEach((window, index) => {
    const durationMs = Number.isFinite(window.endUs) ? (window.endUs - window.startUs) / 1e3 : drainMs;
    const cells = recorder.phase(index);
    const total = totalOf(cells, operations);
    const coversInAll = (time: LaterTime) =>
      operations.reduce((sum, operation, n) => {
        const counts = isJudgedBy(time, operation) && isHad(time, operation, seen);
        return sum + (counts ? (cells[n]?.counts.offered ?? 0) * eachOf(time, operation) : 0);
      }, 0);
    const eachInAll = (time: LaterTime) => Math.max(1, ...operations.map((operation) => eachOf(time, operation)));
    const perSecond = (count: number) => (durationMs > 0 ? Math.round((count / durationMs) * 1e6) / 1e3 : 0);
    phases[window.name] = {
      durationMs: Math.round(durationMs * 1e3) / 1e3,
      offeredPerSecond: perSecond(recorder.offeredIn(index)),
      goodputPerSecond: perSecond(recorder.completedOk[index] ?? 0),
      counts: countsOf(total),
      latencyUs: summaries(total, coversInAll, eachInAll),
      operations: Object.fromEntries(
        operations.map((recorded, operation) => {
          const { name, pattern, completion } = recorded;
          const cell = cells[operation] ?? new RecordedCell();
          const each = (time: LaterTime) => eachOf(time, recorded);
          const covers = (time: LaterTime) => (isHad(time, recorded, seen) ? cell.counts.offered * each(time) : 0);
          return [
            name,
            {
              completion,
              pattern,
              counts: countsOf(cell),
              latencyUs: summaries(cell, covers, each),
              ...inServiceOf(cell),
              policies: policiesOf(cell),
            },
          ];
        }),
      ),
      policies: policiesOf(total),
      errors: Object.fromEntries([...total.reasons].sort(([, a], [, b]) => b - a)),
    };
    histograms[window.name] = encodeHistograms(total);
  });
  return { phases, histograms };
}

/** Of operations whose answer waits for the work. */
function inServiceOf(cell: RecordedCell): Pick<OperationResult, 'inServiceUs'> {
  const taken = cell.peekLatency('inService');
  return taken === undefined ? {} : { inServiceUs: summariseLatency(taken) };
}

/** Samples of one operation. */
function eachOf(time: LaterTime, { receivers = 1 }: RecordedOperation): number {
  return time === 'delivered' ? receivers : 1;
}

/** Somebody saw whether an operation came so far: the harness's own consumer, or the service. */
function isHad(time: LaterTime, { pattern, completion }: RecordedOperation, seen: readonly LaterTime[]): boolean {
  return completion === time || (seen.includes(time) && patterns[pattern].later.includes(time));
}

/** A phase as a whole has the times of the operations that are judged by them: of the others they are a stage on the way. */
function isJudgedBy(time: LaterTime, { pattern, completion }: RecordedOperation): boolean {
  return completion === time || patterns[pattern].judgedBy.includes(time);
}

function totalOf(cells: readonly RecordedCell[], operations: readonly RecordedOperation[]): RecordedCell {
  const total = new RecordedCell();
  cells.forEach((cell, n) => {
    const { latencies, ...data } = cell.toData();
    const operation = operations[n];
    const left = laterTimes.filter((time) => operation !== undefined && !isJudgedBy(time, operation));
    const kept = Object.entries(latencies).filter(([name]) => !(left as readonly string[]).includes(name));
    total.add({ ...data, latencies: Object.fromEntries(kept) });
  });
  return total;
}

export function mergeCells(cells: readonly RecordedCell[]): RecordedCell {
  const total = new RecordedCell();
  for (const cell of cells) total.add(cell.toData());
  return total;
}

export function countsOf(cell: RecordedCell): Counts {
  const { resent, ...others } = cell.counts;
  return resent > 0 ? { ...others, resent } : others;
}

function policiesOf(cell: RecordedCell): PolicyResult {
  const fallbackUs = summariseLatency(cell.peekLatency('fallback'));
  const { unanswered, ...policies } = cell.policies;
  const ages = cell.peekLatency('fallbackAge');
  return {
    ...policies,
    ...{ fallbacks: fallbackUs.count, fallbackUs },
    ...(ages !== undefined && { fallbackAgeUs: summariseLatency(ages) }),
    ...(unanswered > 0 && { unanswered }),
  };
}

/** `covers`: how many samples a later time is of, `each` of one operation. */
function summaries(
  cell: RecordedCell,
  covers: (time: LaterTime) => number,
  each: (time: LaterTime) => number,
): LatencySummaries {
  const of = (name: (typeof recordedLatencies)[number]) => summariseLatency(cell.peekLatency(name));
  return {
    offered: summariseLatency(cell.peekLatency('response'), cell.counts.offered),
    response: of('response'),
    service: of('service'),
    connectionWait: of('connectionWait'),
    sendLag: of('sendLag'),
    acknowledged: summariseLatency(cell.peekLatency('acknowledged'), cell.counts.offered),
    ...laterSummaries(cell, covers, each),
    failed: of('failed'),
    timedOut: of('timedOut'),
  };
}

function laterSummaries(
  cell: RecordedCell,
  covers: (time: LaterTime) => number,
  each: (time: LaterTime) => number,
): Pick<LatencySummaries, LaterTime> {
  const entries = laterTimes.flatMap((time): [LaterTime, LatencySummary][] => {
    const latencies = cell.peekLatency(time);
    const count = Math.max(covers(time), latencies?.count ?? 0);
    return isRareTime(time) && count === 0 ? [] : [[time, summariseLatency(latencies, count, each(time))]];
  });
  return Object.fromEntries(entries) as Pick<LatencySummaries, LaterTime>;
}

/** In `offered`, what never completed stands at the end of the range. */
function encodeHistograms(cell: RecordedCell): Partial<Record<LatencyName, string>> {
  const encoded: Partial<Record<LatencyName, string>> = {};
  if (cell.counts.offered > 0) {
    const response = cell.peekLatency('response') ?? new LatencyCounts();
    encoded.offered = response.encode(cell.counts.offered - cell.counts.ok);
  }
  for (const name of recordedLatencies) {
    const latencies = cell.peekLatency(name);
    if (latencies !== undefined && latencies.count > 0) encoded[name] = latencies.encode();
  }
  return encoded;
}
