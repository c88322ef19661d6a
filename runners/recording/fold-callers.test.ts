import { describe, expect, it } from 'vitest';
import { type OperationCaller, outcomes } from '../../targets/driver.ts';
import { callersOf, foldCallers, type RecordedKind } from './fold-callers.ts';
import { phaseWindows } from './phase-windows.ts';
import { Recorder } from './recorder.ts';

const caller = (name: string, mayBeServed: boolean): OperationCaller => {
  return { name, share: 0.5, holds: mayBeServed ? 'valid' : 'none', mayBeServed, headers: {} };
};
const paying = caller('paying', true);
const anonymous = caller('anonymous', false);
const kinds: RecordedKind[] = [
  { index: 0, name: 'getOrder', pattern: 'request-reply', caller: paying },
  { index: 1, name: 'getOrder', pattern: 'request-reply', caller: anonymous },
  { index: 2, name: 'placeOrder', pattern: 'one-way', caller: paying },
  { index: 3, name: 'placeOrder', pattern: 'one-way', caller: anonymous },
];
const windows = phaseWindows(100, 1_000, []);
const steady = windows.findIndex(({ name }) => name === 'steady');

/** Each kind of call is offered twice: those of `paying` are ok, of the others one is refused and one times out. */
function recorded(): Recorder {
  const recorder = new Recorder(windows.length, kinds.length);
  for (const { index, caller } of kinds) {
    const cell = recorder.cell(steady, index);
    cell.counts.offered += 2;
    cell.counts.attempts += 2;
    if (caller === paying) {
      for (const us of [100, 200]) {
        cell.end(outcomes.ok, '');
        cell.latency('response').record(us);
      }
    } else {
      cell.endRefused('status 401', 1);
      cell.end(outcomes.timedOut, 'timeout');
    }
  }
  return recorder;
}

describe('what several callers sent', () => {
  it('is one operation again, without those who were refused as they were to be', () => {
    const { recorder, operations, operationOf } = foldCallers(recorded(), windows.length, kinds);
    expect(operations.map(({ name, pattern, kind }) => [name, pattern, kind])).toEqual([
      ['getOrder', 'request-reply', 0],
      ['placeOrder', 'one-way', 2],
    ]);
    expect(operationOf).toEqual([0, 0, 1, 1]);
    const { counts, reasons, refusals } = recorder.cell(steady, 0);
    expect(counts).toMatchObject({ offered: 3, ok: 2, rejected: 0, timedOut: 1, attempts: 3 });
    expect(Object.fromEntries(reasons)).toEqual({ timeout: 1 });
    expect(refusals.refusedAsExpected).toBe(1);
  });

  it('is told caller by caller', () => {
    expect(callersOf(recorded(), windows, kinds)).toMatchObject([
      {
        name: 'paying',
        mayBeServed: true,
        counts: { offered: 4, ok: 4 },
        refusedAsExpected: 0,
        refusals: {},
        errors: {},
      },
      {
        ...{ name: 'anonymous', mayBeServed: false, counts: { offered: 2, ok: 0, timedOut: 2 }, refusedAsExpected: 2 },
        ...{ refusals: { 'status 401': 2 }, errors: { timeout: 2 } },
      },
    ]);
  });

  it('stays as it is where nobody says who is calling', () => {
    const plain = kinds.flatMap(({ caller, ...kind }) => (caller === paying ? [kind] : []));
    const recorder = new Recorder(windows.length, 2);
    expect(foldCallers(recorder, windows.length, plain).recorder).toBe(recorder);
    expect(callersOf(recorder, windows, plain)).toEqual([]);
  });
});
