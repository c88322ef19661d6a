import { describe, expect, it } from 'vitest';
import type { TrialResult } from '../result/result-types.ts';
import { operationWarnings } from './operation-warnings.ts';

const operation = (offered: number, ok: number) => ({ counts: { offered, ok } });

function trial(operations: Record<string, ReturnType<typeof operation>>): TrialResult {
  const all = Object.values(operations);
  const counts = {
    offered: all.reduce((sum, one) => sum + one.counts.offered, 0),
    ok: all.reduce((sum, one) => sum + one.counts.ok, 0),
  };
  return {
    ...{
      id: 'shop-calm-1',
      target: 'shop',
      phases: { warmup: { counts, operations }, steady: { counts, operations } },
    },
    failures: [{ operation: 'getOrder', outcome: 'rejected', reason: 'status 404', atMs: 1 }],
  } as unknown as TrialResult;
}

describe('operations that never succeed', () => {
  it('are named, with why', () => {
    const [warning, ...others] = operationWarnings([
      trial({ getOrder: operation(50, 0), placeOrder: operation(900, 890) }),
    ]);
    expect(others).toEqual([]);
    expect(warning).toMatchObject({ code: 'operationNeverOk' });
    expect(warning?.message).toContain('getOrder never succeeded, 50 of 50 not ok (status 404)');
  });

  it('are not named where one did, none was offered, or nothing succeeded at all', () => {
    const quiet = [
      trial({ getOrder: operation(50, 1), placeOrder: operation(900, 890) }),
      trial({ getOrder: operation(0, 0), placeOrder: operation(900, 890) }),
      trial({ getOrder: operation(50, 0), placeOrder: operation(900, 0) }),
    ];
    expect(operationWarnings(quiet)).toEqual([]);
  });
});
