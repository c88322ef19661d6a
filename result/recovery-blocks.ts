/** From the stored blocks of a trial to what its recovery is read off: p50, p90 and the share that was not ok, by block. */
import { type BlockCountsData, binStartUs, decodeBlockCounts, neverBin } from './block-counts.ts';
import { instrumentError } from './instrument-error.ts';
import { isHandedOver, type LaterTime, laterTimes } from './patterns.ts';
import { type RecoveryBlock, type UsualRange, usualRange } from './recovery.ts';
import type { TrialResult } from './result-types.ts';
import { settingsText } from './settings-text.ts';

/**
 * `replied`, `acknowledged`: of the operations that end so, by intended start. The later times: of those that are handed
 * over, by when it happened.
 */
export const recoveryPoints = ['replied', 'acknowledged', ...laterTimes] as const;
export type RecoveryPoint = (typeof recoveryPoints)[number];

/** A block is made wider until the middle one holds 100 operations, less what random arrivals are short of that. */
const leastPerBlock = 90;

export interface BlockSequence {
  readonly widthMs: number;
  /** From the end of warm-up; a block in which nothing happened is empty. */
  readonly counts: BlockCountsData;
}

/** null where the trial has none: nothing ends so, or nobody saw it. */
export function sequenceOf(trial: TrialResult, point: RecoveryPoint): BlockSequence | null {
  const { blocks } = trial;
  if (blocks === undefined) return null;
  const isLater = (laterTimes as readonly string[]).includes(point);
  const texts = isLater ? happenedTexts(trial, point as LaterTime) : offeredTexts(trial, point);
  if (texts.length === 0) return null;
  const [first, ...others] = texts.map(decodeBlockCounts);
  for (const other of others) first?.add(other.toData());
  return { widthMs: blocks.blockMs, counts: first?.toData() ?? [] };
}

function offeredTexts({ blocks, phases }: TrialResult, point: RecoveryPoint): string[] {
  return Object.entries(blocks?.phases ?? {}).flatMap(([phase, operations]) =>
    Object.entries(operations).flatMap(([name, { offered }]) => {
      const completion = phases[phase as keyof typeof phases]?.operations[name]?.completion;
      return offered !== undefined && completion === point ? [offered] : [];
    }),
  );
}

function happenedTexts({ blocks, phases }: TrialResult, time: LaterTime): string[] {
  const handedOver = new Set(
    Object.values(phases).flatMap(({ operations }) =>
      Object.entries(operations).flatMap(([name, { pattern }]) => (isHandedOver(pattern) ? [name] : [])),
    ),
  );
  return Object.entries(blocks?.happened ?? {}).flatMap(([name, times]) => {
    const text = times[time];
    return text !== undefined && handedOver.has(name) ? [text] : [];
  });
}

/** How long the measured part was loaded. */
export function loadedMsOf({ phases }: Pick<TrialResult, 'phases'>): number {
  const measured = [phases.steady, phases.before, phases.during, phases.after];
  return measured.reduce((sum, phase) => sum + (phase?.durationMs ?? 0), 0);
}

/** How many blocks are to be taken together so that the middle one of them holds enough. */
function joinedBy(counts: readonly number[]): number {
  const sorted = [...counts].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return middle === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(leastPerBlock / middle));
}

/** Whole blocks from `fromMs` to `toMs`, `join` of them taken together. */
export function recoveryBlocks(
  { widthMs, counts }: BlockSequence,
  join: number,
  fromMs: number,
  toMs: number,
): RecoveryBlock[] {
  const blocks: RecoveryBlock[] = [];
  const joinedMs = widthMs * join;
  for (let begin = Math.ceil(fromMs / joinedMs) * joinedMs; begin + joinedMs <= toMs; begin += joinedMs) {
    const at = Math.round(begin / widthMs);
    const parts = counts.slice(at, at + join).flatMap((part) => part ?? []);
    blocks.push({ fromMs: begin, toMs: begin + joinedMs, figures: figuresOf(parts) });
  }
  return blocks;
}

/** p50 and p90, µs, and the share that was not ok. Nothing in it: nothing got there. */
function figuresOf(parts: readonly Uint32Array[]): number[] {
  const total = parts.reduce((sum, part) => sum + sumOf(part), 0);
  if (total === 0) return [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1];
  const notOk = parts.reduce((sum, part) => sum + (part[neverBin] ?? 0), 0);
  return [quantileUs(parts, 0.5 * total), quantileUs(parts, 0.9 * total), notOk / total];
}

/** The logarithm is interpolated within a bin. */
function quantileUs(parts: readonly Uint32Array[], rank: number): number {
  let seen = 0;
  for (let bin = 0; bin < neverBin; bin++) {
    const count = parts.reduce((sum, part) => sum + (part[bin] ?? 0), 0);
    if (count > 0 && seen + count >= rank) {
      const low = Math.max(1, binStartUs(bin));
      const high = bin + 1 < neverBin ? binStartUs(bin + 1) : low;
      return low * (high / low) ** ((rank - seen) / count);
    }
    seen += count;
  }
  return Number.POSITIVE_INFINITY;
}

function sumOf(counts: Uint32Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

export interface Usual {
  readonly range: UsualRange | null;
  readonly join: number;
  readonly of: 'calm' | 'before';
}

/**
 * The usual range of a point: of the calm trials of the same target, else of the time before the first fault. Where most of
 * that time is out of the calm trials' range they are no measure for this trial, and it is measured by itself.
 */
export function usualOf(
  trial: TrialResult,
  calm: readonly TrialResult[],
  point: RecoveryPoint,
  beginsAtMs: number,
): Usual | null {
  const own = sequenceOf(trial, point);
  if (own === null) return null;
  const stretch = (one: TrialResult, untilMs: number) => {
    const sequence = sequenceOf(one, point);
    return sequence === null || sequence.widthMs !== own.widthMs ? [] : [{ sequence, untilMs }];
  };
  const range = (stretches: ReturnType<typeof stretch>) => {
    const each = stretches.flatMap(({ sequence, untilMs }) =>
      Array.from({ length: Math.floor(untilMs / sequence.widthMs) }, (_, n) =>
        sumOf(sequence.counts[n] ?? new Uint32Array()),
      ),
    );
    const join = joinedBy(each);
    if (!Number.isFinite(join)) return { join: 1, range: null };
    const blocks = stretches.map(({ sequence, untilMs }) => recoveryBlocks(sequence, join, 0, untilMs));
    return { join, range: usualRange(blocks) };
  };
  const told = (found: ReturnType<typeof range>, trials: readonly TrialResult[]) => ({
    ...found,
    range: found.range === null ? null : asToldApart(found.range, trials),
  });
  const before = { of: 'before', ...told(range(stretch(trial, beginsAtMs)), [trial]) } as const;
  const calmRange = range(calm.flatMap((one) => stretch(one, loadedMsOf(one))));
  const usual = { of: 'calm', ...told(calmRange, [trial, ...calm]) } as const;
  if (usual.range === null) return before;
  if (before.range === null) return usual;
  const { highest } = usual.range;
  const blocks = recoveryBlocks(own, usual.join, 0, beginsAtMs);
  const out = blocks.filter(({ figures }) => figures.some((figure, n) => figure > (highest[n] as number)));
  return out.length > blocks.length / 2 ? before : usual;
}

/** Smaller differences are told apart nowhere. */
const leastRatio = 1.05;

/** Latencies have so much more room that one beyond it differs by more than 5 % and than the instruments may be off by. */
function asToldApart(range: UsualRange, trials: readonly TrialResult[]): UsualRange {
  const error = (quantile: number) =>
    Math.max(0, ...trials.map(({ verdict }) => instrumentError(verdict.figures?.canary, quantile)?.us ?? 0));
  const [p50 = 0, p90 = 0, notOk = 0] = range.highest;
  const widened = (us: number, quantile: number) => Math.max(us * leastRatio, us + error(quantile));
  return { ...range, highest: [widened(p50, 0.5), widened(p90, 0.9), notOk] };
}

/** Trials that show how the same target is without faults. */
export function calmTrialsOf(trial: TrialResult, all: readonly TrialResult[]): TrialResult[] {
  const variant = settingsText(trial.variant);
  return all.filter(
    ({ target, engine, variant: other, faults, purpose, verdict }) =>
      target === trial.target &&
      engine === trial.engine &&
      settingsText(other) === variant &&
      faults.length === 0 &&
      purpose === undefined &&
      verdict.status !== 'invalid',
  );
}
