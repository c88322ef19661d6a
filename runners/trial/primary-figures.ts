/** The figures that a trial is there for, each beside the instrument’s own error at its place. */
import { errorBeyond, instrumentError } from '../../result/instrument-error.ts';
import { quantileOf } from '../../result/latency-summary.ts';
import type { CanaryFigures, LatencyName, PhaseName, PhaseResult, PrimaryMetric } from '../../result/result-types.ts';
import { parseMetric } from '../../result/threshold-grammar.ts';

export interface PrimaryFigure {
  /** `getOrder p50`, `placeOrder delivered p99 (during)` */
  readonly name: string;
  readonly us: number;
  readonly errorUs: number;
  /** Of the next higher percentile of the canaries; null: not known. */
  readonly tailErrorUs: number | null;
}

type Phases = Readonly<Partial<Record<PhaseName, PhaseResult>>>;
type LatencyFigure = 'p50' | 'p90' | 'p99' | 'p999' | 'min' | 'mean' | 'max';

const measured = ['steady', 'before', 'during', 'after'] as const satisfies readonly PhaseName[];

/**
 * What the scenario’s primary figure names, in its phase where the trial has that one; without a primary the p50 of each
 * operation, in the measured phase where it is lowest. What was not reached is left out: nothing can be said of it.
 */
export function primaryFigures(
  primary: PrimaryMetric | undefined,
  phases: Phases,
  canary: CanaryFigures | null,
): readonly PrimaryFigure[] {
  const played = measured.filter((name) => (phases[name]?.counts.offered ?? 0) > 0);
  const metric = primary === undefined ? null : parseMetric(primary.metric);
  if (primary === undefined || metric?.kind !== 'latency') {
    const names = new Set(played.flatMap((phase) => Object.keys(phases[phase]?.operations ?? {})));
    return [...names].flatMap((name) => {
      const lowest = played
        .flatMap((phase) => figureIn(phases, phase, { operation: name, latency: 'offered', figure: 'p50' }, canary))
        .sort((a, b) => a.us - b.us)[0];
      return lowest ?? [];
    });
  }
  const { latency, figure } = metric;
  const phase = played.find((name) => name === primary.phase) ?? played[0];
  return phase === undefined ? [] : figureIn(phases, phase, { operation: primary.operation, latency, figure }, canary);
}

interface Named {
  readonly operation: string;
  readonly latency: LatencyName;
  readonly figure: LatencyFigure;
}

function figureIn(
  phases: Phases,
  phase: PhaseName,
  { operation, latency, figure }: Named,
  canary: CanaryFigures | null,
): PrimaryFigure[] {
  const us = phases[phase]?.operations[operation]?.latencyUs[latency]?.[figure] ?? null;
  const error = instrumentError(canary, placeOf(figure));
  if (us === null || error === null) return [];
  const of = latency === 'offered' ? figure : `${latency} ${figure}`;
  return [
    {
      name: `${operation} ${of}${phase === 'steady' ? '' : ` (${phase})`}`,
      us,
      errorUs: error.us,
      tailErrorUs: errorBeyond(canary, placeOf(figure)),
    },
  ];
}

/** Where among the operations a figure lies, 0–1; a mean lies somewhere in the middle. */
function placeOf(figure: LatencyFigure): number {
  if (figure === 'max') return 1;
  return figure === 'min' || figure === 'mean' ? 0.5 : quantileOf(figure);
}
