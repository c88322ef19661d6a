import { expect, it } from 'vitest';
import type { FaultResult } from '../../result/result-types.ts';
import { faultShifts } from './fault-shifts.ts';

const planned = { plannedAtMs: 5_000, plannedForMs: 2_000, link: null, settings: {}, expected: '', proof: {} };
const played = (fault: string, appliedAtMs: number | null, removedAtMs: number | null): FaultResult => {
  return { ...planned, fault, appliedAtMs, removedAtMs };
};

it.each([
  ['as planned, near enough', played('latency', 5_004, 7_340), []],
  ['late at its end', played('latency', 5_004, 11_000), ['latency ended 4000 ms late']],
  ['late at both', played('timeout', 5_600, 7_600), ['timeout began 600 ms late', 'timeout ended 600 ms late']],
  ['a kill whose part takes its time', played('kill', 5_010, 19_000), []],
  ['never applied, which is told elsewhere', played('down', null, null), []],
])('a fault is %s', (_name, fault, shifts) => {
  expect(faultShifts([fault])).toEqual(shifts);
});
