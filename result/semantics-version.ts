/**
 * What the figures of a result mean, as a number: it grows when a figure of the same name comes to mean something else,
 * while `schemaVersion` grows with the shape. docs/figures.md tells what each number stands for.
 */
import { BenchError, exitCodes } from './bench-error.ts';

export const semanticsVersion = 2;

/**
 * Figures of different meanings never stand beside each other, nor under words that hold for others. `place`: where the
 * result lies, for messages. Throws a BenchError (`otherSemantics`, exit 2); without a number the result is of the first
 * kind, which had none.
 */
export function requireSameSemantics(result: unknown, place: string): void {
  const found = (result as { readonly semanticsVersion?: unknown } | null)?.semanticsVersion ?? 1;
  if (found === semanticsVersion) return;
  const isNewer = typeof found === 'number' && found > semanticsVersion;
  const message = `Figures of ${place} mean something else (semanticsVersion ${String(found)}) than this Wirebench takes them for (${semanticsVersion})`;
  const hint = isNewer
    ? 'Read it with the Wirebench that wrote it, or run the scenario again with this one.'
    : 'Run the scenario again with this Wirebench, or read the result with the one that wrote it; docs/figures.md says what has changed.';
  throw new BenchError('otherSemantics', message, { hint, exitCode: exitCodes.usage });
}
