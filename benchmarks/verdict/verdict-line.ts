/** What is kept of a trial whose truth is known, and the two shares that all of them come to. */
import type { CanaryFigures, Verdict } from '../../result/result-types.ts';
import type { VerdictTrial } from './verdict-trials.ts';

export interface VerdictLine extends VerdictTrial {
  /** The percentile that was judged. */
  readonly figure: 'p50' | 'p99';
  readonly recordedUs: number | null;
  readonly truthUs: number | null;
  /** The instrument's own error, as the trial itself says. */
  readonly resolutionUs: number | null;
  /** With `otherWork` left out: it would do the work of the rest. */
  readonly status: Verdict['status'];
  readonly reasons: readonly string[];
  readonly canary: CanaryFigures | null;
  readonly cpuPressure: number | null;
  readonly otherWork: number | null;
}

/** A trial may be off by so much of the truth, whatever its resolution. */
const allowedShare = 0.03;

export interface VerdictShares {
  readonly trials: number;
  readonly valid: number;
  /** Called valid, and off by more than is allowed: of 60 or more there may be none. */
  readonly wronglyValid: readonly VerdictLine[];
  readonly within: number;
  /** Of those within: there may be at most a tenth. */
  readonly withinNotValid: readonly VerdictLine[];
  /** Without a truth, a figure or an error: in neither share. */
  readonly unknown: number;
}

/** null: not known. */
export function isWithin({ recordedUs, truthUs, resolutionUs }: VerdictLine): boolean | null {
  if (recordedUs === null || truthUs === null || resolutionUs === null) return null;
  return Math.abs(recordedUs - truthUs) <= Math.max(allowedShare * truthUs, resolutionUs);
}

export function verdictShares(lines: readonly VerdictLine[]): VerdictShares {
  const known = lines.filter((line) => isWithin(line) !== null);
  const valid = known.filter(({ status }) => status === 'valid');
  const within = known.filter((line) => isWithin(line) === true);
  return {
    trials: lines.length,
    valid: valid.length,
    wronglyValid: valid.filter((line) => isWithin(line) === false),
    within: within.length,
    withinNotValid: within.filter(({ status }) => status !== 'valid'),
    unknown: lines.length - known.length,
  };
}
