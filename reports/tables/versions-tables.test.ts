import { describe, expect, it } from 'vitest';
import type { RunResult, VersionCalls } from '../../result/result-types.ts';
import { conditionGroups } from '../figures/result-view.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { versionsTables } from './versions-tables.ts';

/** A version of which all say that it is deprecated, and one of which nobody does; by interval, how many calls. */
function calls(old: Readonly<Record<number, number>>, current: Readonly<Record<number, number>>): VersionCalls[] {
  const of = (version: number, course: Readonly<Record<number, number>>): VersionCalls => {
    const points = Object.entries(course).map(([atMs, count]) => ({ atMs: Number(atMs), calls: count, told: 0 }));
    const all = points.reduce((sum, point) => sum + point.calls, 0);
    const deprecation = version === 1 ? '@1767225600' : null;
    const told = version === 1 ? all : 0;
    return {
      ...{ operation: `getOrder${version}`, version, calls: all, ok: all, retired: 0, told, deprecation, sunset: null },
      course: points,
    };
  };
  return [of(1, old), of(2, current)];
}

/** The first two targets of the fixture, one trial each. */
function groupOf(...versions: readonly VersionCalls[][]) {
  const whole = fixtureResult();
  const targets = [...new Set(whole.trials.map(({ target }) => target))].slice(0, versions.length);
  const trials = targets.flatMap((target, n): RunResult['trials'] => {
    const trial = whole.trials.find((one) => one.target === target && one.condition === 'calm');
    return trial === undefined ? [] : [{ ...trial, versions: versions[n] ?? [] }];
  });
  const [group] = conditionGroups({ ...whole, trials });
  if (group === undefined) throw new Error('the fixture has a condition');
  return group;
}

describe('calls of deprecated versions over time', () => {
  it('stand under the time that they are of, also of a target that was not called all the time', () => {
    const [, course] = versionsTables(
      groupOf(calls({ 0: 6, 250: 3, 500: 0 }, { 0: 2, 250: 3, 500: 8 }), calls({ 250: 2, 500: 1 }, { 250: 6, 500: 3 })),
    );
    expect(course?.columns.map(({ title }) => title)).toEqual(['target', '0 ms', '250 ms', '500 ms']);
    expect(course?.rows.map(({ cells }) => cells.slice(1))).toEqual([
      ['75 %', '50 %', '0'],
      ['0', '25 %', '25 %'],
    ]);
  });

  it('are in no table where nothing is deprecated', () => {
    expect(versionsTables(groupOf(calls({}, { 0: 2 })))).toHaveLength(1);
    expect(versionsTables(groupOf([]))).toEqual([]);
  });
});
