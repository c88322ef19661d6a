/** The pairs of an interleaved comparison in small form: what its answers rest on, without the recordings. */
import { comparedTrial } from '../../result/fixtures/compared-run.ts';
import type { LatencySummary, RunResult, TrialResult, VerdictFigures } from '../../result/result-types.ts';

const none = { min: 0, mean: null, p999: null, max: null } as const;

/** One line of benchmarks/compare/pairs/<set>.jsonl; times in µs. */
export interface KeptPair {
  /** The comparison it was played in: those of one are near in time. */
  readonly slice: number;
  readonly block: number;
  readonly a: KeptTrial;
  readonly b: KeptTrial;
}

export interface KeptTrial {
  readonly startedAt: string;
  readonly status: TrialResult['verdict']['status'];
  /** Codes. */
  readonly reasons: readonly string[];
  readonly canary: {
    readonly p50Us: number | null;
    readonly p90Us: number | null;
    readonly p99Us: number | null;
  } | null;
  readonly operations: Readonly<Record<string, KeptOperation>>;
}

export interface KeptOperation {
  readonly offered: number;
  readonly p50Us: number | null;
  readonly p90Us: number | null;
  readonly p99Us: number | null;
  /** Middle of what the work took by the service's own clock: from `started` to `applied`. */
  readonly workUs: number | null;
}

export function keptPairs(a: RunResult, b: RunResult, slice: number): KeptPair[] {
  return a.trials.flatMap((one) => {
    const two = b.trials.find(({ id }) => id === one.id);
    return two === undefined ? [] : [{ slice, block: one.repeat, a: keptTrial(one), b: keptTrial(two) }];
  });
}

function keptTrial({ startedAt, verdict, phases }: TrialResult): KeptTrial {
  const canary = verdict.figures?.canary ?? null;
  const operations = Object.entries(phases.steady?.operations ?? {}).map(([name, { counts, latencyUs }]) => {
    const { offered, started, applied } = latencyUs;
    const [p50Us, p90Us, p99Us] = [offered.p50 ?? null, offered.p90 ?? null, offered.p99 ?? null];
    const known = typeof started.p50 === 'number' && typeof applied.p50 === 'number';
    const workUs = known ? Number(applied.p50) - Number(started.p50) : null;
    return [name, { offered: counts.offered, p50Us, p90Us, p99Us, workUs }] as const;
  });
  return {
    ...{ startedAt, status: verdict.status, reasons: verdict.reasons.map(({ code }) => code) },
    canary: canary && { p50Us: canary.p50Us, p90Us: canary.p90Us, p99Us: canary.p99Us },
    operations: Object.fromEntries(operations),
  };
}

/** As much of a trial as a comparison looks at; the rest is made up. */
export function comparableTrial(kept: KeptTrial, repeat: number): TrialResult {
  const { startedAt, status, canary } = kept;
  const whole = comparedTrial({ repeat, p99: null });
  const steady = whole.phases.steady as NonNullable<typeof whole.phases.steady>;
  const operations = Object.fromEntries(
    Object.entries(kept.operations).map(([name, { offered: count, p50Us, p90Us, p99Us }]) => {
      const offered: LatencySummary = { ...none, count, p50: p50Us, p90: p90Us, p99: p99Us };
      const counts = { ...steady.counts, offered: count, ok: count, attempts: count };
      const latencyUs = { ...steady.latencyUs, offered };
      return [name, { completion: 'replied', pattern: 'request-reply', counts, latencyUs } as const];
    }),
  );
  const reasons = kept.reasons.map((code) => ({ code, message: '', remedy: '', status: 'suspect' as const }));
  return {
    ...{ ...whole, startedAt },
    verdict: { status, reasons, figures: { canary } as VerdictFigures },
    phases: { steady: { ...steady, operations } },
  };
}
