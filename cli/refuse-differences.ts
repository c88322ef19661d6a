import { BenchError, exitCodes } from '../result/bench-error.ts';
import type { RunDifference } from '../result/compare/comparison-result.ts';

/** Figures of different things have no ratio. Throws a BenchError (exit 2) with all that stands against it. */
export function refuseDifferences(differences: readonly RunDifference[]): void {
  const refused = differences.filter((one) => one.refused);
  if (refused.length === 0) return;
  const lines = refused.map(
    ({ side, what, base, other }) => `  ${what}: ${base ?? '(none)'} → ${other ?? '(none)'}  (${side})`,
  );
  throw new BenchError('notComparable', ['These are figures of different things:', ...lines].join('\n'), {
    hint: 'Play both with the same load on the same machine; --force compares them all the same, and says so.',
    exitCode: exitCodes.usage,
  });
}
