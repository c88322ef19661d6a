/** One line of the table that all benchmarks share: a figure of ours, what it stands beside, and the goal. */
import type { Spread } from './spread.ts';

/** Of the files in benchmarks/results: those of another one are not read. */
export const resultFormat = 1;

export interface GoalLine {
  /** `REST at 3000/s, open model`. */
  readonly task: string;
  /** The figure in words, with its unit: `CPU a request, µs`. */
  readonly figure: string;
  readonly ours: Spread;
  /** What ours is measured against, and its figure in the same unit; null where the goal is a plain number. */
  readonly beside: { readonly name: string; readonly figure: Spread } | null;
  /** What the goal is about, within each round: a ratio, or, with nothing beside, our figure itself. */
  readonly measured: Spread;
  readonly sign: '≤' | '≥';
  /** null: measured only. */
  readonly goal: number | null;
  readonly isMet: boolean | null;
  /** Why our own trials were not valid, and in how many of the rounds: `cpuPressure in 2 of 3`. */
  readonly doubts: readonly string[];
}

export function meets(measured: Spread, sign: '≤' | '≥', goal: number): boolean {
  return sign === '≤' ? measured.median <= goal : measured.median >= goal;
}

/** What our own verdict says goes for us as well: nothing is met, or missed, by trials that are not valid. */
export function outcomeOf({
  measured,
  goal,
  isMet,
  doubts,
}: Pick<GoalLine, 'measured' | 'goal' | 'isMet' | 'doubts'>): string {
  if (goal === null || isMet === null) return '';
  if (doubts.length > 0) return 'not decided: trials not valid';
  if (measured.min < goal && goal < measured.max) return 'not decided: rounds differ';
  return isMet ? 'met' : '**not met**';
}

/** `reasons` of each round: `code: sentence`. */
export function doubtsOf(reasons: readonly (readonly string[])[]): string[] {
  const rounds = new Map<string, number>();
  for (const ofRound of reasons) {
    for (const code of new Set(ofRound.map((reason) => reason.split(':', 1)[0] as string))) {
      rounds.set(code, (rounds.get(code) ?? 0) + 1);
    }
  }
  return [...rounds].map(([code, count]) => `${code} in ${count} of ${reasons.length}`);
}
