import { expect, it } from 'vitest';
import type { CallerResult, Counts } from '../../result/result-types.ts';
import { conditionGroups } from '../figures/result-view.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { callersTable } from './callers-table.ts';

const counts = (offered: number, ok: number): Counts => {
  return { offered, ok, rejected: offered - ok, failed: 0, timedOut: 0, dropped: 0, attempts: offered };
};
const paying: CallerResult = {
  ...{ name: 'paying', holds: 'valid', mayBeServed: true, counts: counts(100, 90), refusedAsExpected: 0, toldWhen: 7 },
  refusals: {},
  errors: { 'status UNAVAILABLE (HTTP 429)': 7, 'status 502': 2, 'connection reset': 1 },
  responseUs: { count: 90, p50: 1_200 },
};
const foreign: CallerResult = {
  ...{ name: 'foreign', holds: 'foreign', mayBeServed: false, counts: counts(1, 0), refusedAsExpected: 9, toldWhen: 0 },
  refusals: { 'status PERMISSION_DENIED': 8, 'handshake status 403': 1 },
  errors: { 'status 504': 1 },
  responseUs: { count: 0 },
};

it('says what each caller got, by the status that it was answered with, over all repeats', () => {
  const [group] = conditionGroups(fixtureResult());
  if (group === undefined) throw new Error('no group');
  expect(callersTable(group)).toBeNull();
  const contenders = group.contenders.slice(0, 1).map((contender) => {
    const trials = contender.counted.slice(0, 1).flatMap((trial) => [trial, trial]);
    return { ...contender, counted: trials.map((trial) => ({ ...trial, callers: [paying, foreign] })) };
  });
  const table = callersTable({ ...group, contenders });
  expect(table?.columns.map(({ title }) => title)).toEqual([
    ...['target', 'caller', 'is to be', 'offered', 'ok'],
    ...['403', '429', '502', '504', 'else', 'told when', 'ok p50'],
  ]);
  const label = group.contenders[0]?.label;
  expect(table?.rows.map(({ cells }) => cells)).toEqual([
    [label, 'paying (valid)', 'served', '200', '180', '0', '14', '4', '0', '2', '14', '1.20 ms'],
    [label, 'foreign (foreign)', 'refused', '20', '0', '18', '0', '0', '2', '0', '0', '–'],
  ]);
});
