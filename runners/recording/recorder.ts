/** What one load worker saw, per phase and operation: counts and latency cells. Snapshots travel; the merge adds counts. */
import { BlockCounts, type BlockCountsData } from '../../result/block-counts.ts';
import { LatencyCounts, type LatencyCountsData } from '../../result/latency-counts.ts';
import { laterTimes } from '../../result/patterns.ts';
import { type LatencyName, latencyNames } from '../../result/result-types.ts';
import { type Outcome, outcomes } from '../../targets/driver.ts';

/** `offered` is derived: response plus the counts of what was not ok. */
export type RecordedLatency = Exclude<LatencyName, 'offered'>;
/**
 * `fallback`: intended start → answered by the client's fallback. It is no time of the system's, so it stands apart.
 * `fallbackAge`: how old such an answer was, where it was one of before. `inService`: received → applied, by the service’s
 * evidence, of operations that wait for that.
 */
type CellLatency = RecordedLatency | 'fallback' | 'fallbackAge' | 'inService';
export const recordedLatencies = latencyNames.filter((name): name is RecordedLatency => name !== 'offered');
const cellLatencies: readonly CellLatency[] = [...recordedLatencies, 'fallback', 'fallbackAge', 'inService'];

/** Those of which it is told how sure their percentiles are. `offered`: one that was not ok counts as never. */
export const blockLatencies = ['offered', ...laterTimes] as const;
export type BlockLatency = (typeof blockLatencies)[number];

/** Distinct failure reasons kept; the rest count as `other`. */
const reasonLimit = 64;

export interface RecordedCounts {
  offered: number;
  ok: number;
  rejected: number;
  failed: number;
  timedOut: number;
  dropped: number;
  attempts: number;
  /** Of the attempts: those that the session made by itself, the peer having said that it never looked at the one before. */
  resent: number;
}

/** What the client's policies did. */
export interface RecordedPolicies {
  /** Operations that were never attempted. */
  refused: number;
  /** Retries that the budget had no token for. */
  retriesDenied: number;
  /** Operations of which no attempt was handed to a connection, refused ones apart. */
  unsent: number;
  /** Operations that were not ok, and the fallback had nothing for them either. */
  unanswered: number;
}

/** What stands apart from `counts`, and what was said of when to come back. */
export interface RecordedRefusals {
  /** Operations that were refused since their caller was to be: in none of the counts. */
  refusedAsExpected: number;
  /** Operations that were not ok in the end, and whose last answer said when to come back. */
  toldWhen: number;
}

export interface CellData {
  readonly counts: RecordedCounts;
  readonly policies: RecordedPolicies;
  readonly refusals: RecordedRefusals;
  /** Of those that were refused as expected. */
  readonly refusalReasons: Readonly<Record<string, number>>;
  readonly latencies: Readonly<Partial<Record<CellLatency, LatencyCountsData>>>;
  readonly blocks: Readonly<Partial<Record<BlockLatency, BlockCountsData>>>;
  readonly reasons: Readonly<Record<string, number>>;
}

/** cells[phase][operation]; completedOk[phase] counts successes by their completion time. */
export interface RecordingData {
  readonly cells: readonly (readonly CellData[])[];
  readonly completedOk: readonly number[];
}

export const outcomeNames = ['ok', 'rejected', 'failed', 'timedOut', 'dropped'] as const;

export class RecordedCell {
  readonly counts: RecordedCounts = {
    offered: 0,
    ok: 0,
    rejected: 0,
    failed: 0,
    timedOut: 0,
    dropped: 0,
    attempts: 0,
    resent: 0,
  };
  readonly policies: RecordedPolicies = { refused: 0, retriesDenied: 0, unsent: 0, unanswered: 0 };
  readonly refusals: RecordedRefusals = { refusedAsExpected: 0, toldWhen: 0 };
  readonly reasons = new Map<string, number>();
  readonly refusalReasons = new Map<string, number>();
  readonly #latencies: Partial<Record<CellLatency, LatencyCounts>> = {};
  readonly #blocks: Partial<Record<BlockLatency, BlockCounts>> = {};

  latency(name: CellLatency): LatencyCounts {
    const found = this.#latencies[name];
    if (found !== undefined) return found;
    const created = new LatencyCounts();
    this.#latencies[name] = created;
    return created;
  }

  peekLatency(name: CellLatency): LatencyCounts | undefined {
    return this.#latencies[name];
  }

  blocks(name: BlockLatency): BlockCounts {
    const found = this.#blocks[name];
    if (found !== undefined) return found;
    const created = new BlockCounts();
    this.#blocks[name] = created;
    return created;
  }

  end(outcome: Outcome, reason: string): void {
    this.counts[outcomeNames[outcome]]++;
    if (outcome !== outcomes.ok) this.addReason(reason, 1);
  }

  /** Takes an operation out of the counts, with the attempts that it had. */
  endRefused(reason: string, attempts: number): void {
    this.counts.offered--;
    this.counts.attempts -= attempts;
    this.refusals.refusedAsExpected++;
    addTo(this.refusalReasons, reason, 1);
  }

  addReason(reason: string, count: number): void {
    addTo(this.reasons, reason, count);
  }

  add(data: CellData): void {
    for (const name of Object.keys(this.counts) as (keyof RecordedCounts)[]) this.counts[name] += data.counts[name];
    for (const name of Object.keys(this.policies) as (keyof RecordedPolicies)[]) {
      this.policies[name] += data.policies[name];
    }
    for (const name of Object.keys(this.refusals) as (keyof RecordedRefusals)[]) {
      this.refusals[name] += data.refusals[name];
    }
    for (const [reason, count] of Object.entries(data.reasons)) this.addReason(reason, count);
    for (const [reason, count] of Object.entries(data.refusalReasons)) addTo(this.refusalReasons, reason, count);
    for (const name of cellLatencies) {
      const latencies = data.latencies[name];
      if (latencies !== undefined) this.latency(name).add(latencies);
    }
    for (const name of blockLatencies) this.blocks(name).add(data.blocks[name] ?? []);
  }

  toData(): CellData {
    const latencies: Partial<Record<CellLatency, LatencyCountsData>> = {};
    for (const name of cellLatencies) {
      const counts = this.#latencies[name];
      if (counts !== undefined) latencies[name] = counts.toData();
    }
    const blocks: Partial<Record<BlockLatency, BlockCountsData>> = {};
    for (const name of blockLatencies) {
      const counts = this.#blocks[name];
      if (counts !== undefined) blocks[name] = counts.toData();
    }
    return {
      counts: { ...this.counts },
      policies: { ...this.policies },
      refusals: { ...this.refusals },
      refusalReasons: Object.fromEntries(this.refusalReasons),
      latencies,
      blocks,
      reasons: Object.fromEntries(this.reasons),
    };
  }
}

function addTo(reasons: Map<string, number>, reason: string, count: number): void {
  const known = reasons.has(reason) || reasons.size < reasonLimit;
  const name = known ? reason : 'other';
  reasons.set(name, (reasons.get(name) ?? 0) + count);
}

/** Blocks of the measured part. */
export interface BlockPlan {
  /** End of warm-up, µs from the start of the load. */
  readonly fromUs: number;
  readonly widthMs: number;
}

export class Recorder {
  readonly #cells: readonly (readonly RecordedCell[])[];
  readonly completedOk: number[];
  readonly #blocks: BlockPlan | null;

  constructor(phases: number, operations: number, blocks: BlockPlan | null = null) {
    this.#blocks = blocks;
    this.#cells = Array.from({ length: phases }, () => Array.from({ length: operations }, () => new RecordedCell()));
    this.completedOk = new Array<number>(phases).fill(0);
  }

  cell(phase: number, operation: number): RecordedCell {
    return (this.#cells[phase] as readonly RecordedCell[])[operation] as RecordedCell;
  }

  /** `offsetUs`: intended start, from the start of the load; what lies in warm-up is left out. */
  recordBlock(phase: number, operation: number, name: BlockLatency, offsetUs: number, latencyUs: number): void {
    if (this.#blocks === null || offsetUs < this.#blocks.fromUs) return;
    const block = Math.floor((offsetUs - this.#blocks.fromUs) / (this.#blocks.widthMs * 1e3));
    this.cell(phase, operation).blocks(name).record(block, latencyUs);
  }

  phase(phase: number): readonly RecordedCell[] {
    return this.#cells[phase] ?? [];
  }

  /** In a phase, what was to be refused too. */
  offeredIn(phase: number): number {
    return this.phase(phase).reduce(
      (sum, { counts, refusals }) => sum + counts.offered + refusals.refusedAsExpected,
      0,
    );
  }

  add(data: RecordingData): void {
    data.cells.forEach((operations, phase) => {
      operations.forEach((cell, operation) => {
        this.cell(phase, operation).add(cell);
      });
    });
    data.completedOk.forEach((count, phase) => {
      this.completedOk[phase] = (this.completedOk[phase] ?? 0) + count;
    });
  }

  toData(): RecordingData {
    return {
      cells: this.#cells.map((operations) => operations.map((cell) => cell.toData())),
      completedOk: [...this.completedOk],
    };
  }
}
