import { expect, it } from 'vitest';
import { BenchError } from './bench-error.ts';
import { requireSameSemantics, semanticsVersion } from './semantics-version.ts';

function refused(result: unknown): BenchError {
  try {
    requireSameSemantics(result, 'out/result.json');
  } catch (error) {
    if (error instanceof BenchError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

it('takes what was written under the same meanings', () => {
  expect(() => requireSameSemantics({ semanticsVersion }, 'out/result.json')).not.toThrow();
});

it.each([
  ['a result from before there was a number', {}, /^Run the scenario again with this Wirebench/],
  ['an older one', { semanticsVersion: 1 }, /^Run the scenario again with this Wirebench/],
  ['a newer one', { semanticsVersion: semanticsVersion + 1 }, /^Read it with the Wirebench that wrote it/],
])('refuses %s and says what to do', (_name, result, hint) => {
  const error = refused(result);
  expect([error.code, error.exitCode]).toEqual(['otherSemantics', 2]);
  expect(error.message).toContain('Figures of out/result.json mean something else');
  expect(error.hint).toMatch(hint);
});
