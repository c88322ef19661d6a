import { expect, it } from 'vitest';
import { FlowCourseAccount } from './flow-course.ts';

const second = 1e6;
const windows = [
  { name: 'warmup', startUs: 0, endUs: second },
  { name: 'before', startUs: second, endUs: 3 * second },
  { name: 'during', startUs: 3 * second, endUs: 5 * second },
  { name: 'after', startUs: 5 * second, endUs: 9 * second },
  { name: 'drain', startUs: 9 * second, endUs: Number.POSITIVE_INFINITY },
] as const;
const offsetUs = (atUs: number) => atUs - 100;
const fault = { fromUs: 3 * second, untilUs: 5 * second };

function courseOf(
  flows: readonly (readonly [offeredS: number, afterS: number | null])[],
  of: typeof fault | null = fault,
) {
  const course = new FlowCourseAccount({ windows, offsetUs, fault: of });
  for (const [offered, after] of flows) {
    if (after === null) course.unsettled(offered * second + 100);
    else course.settled(offered * second + 100, after * second);
  }
  return course.toResult();
}

it('counts flows by when they settled, a second of each measured phase', () => {
  const { settledPerSecond } = courseOf([
    [0.5, 0.1],
    [1, 0.5],
    [1.5, 0.5],
    [4, 4],
    [8, 3],
  ]);
  expect(settledPerSecond).toEqual({ before: 1, during: 0, after: 0.25 });
});

it('tells when the last flow settled that was offered, or under way, in the fault', () => {
  const { ofFault } = courseOf([
    [1, 0.5], // over before it
    [2, 1.5], // under way
    [4, 2.25], // offered
    [6, 2.5], // offered later
  ]);
  expect(ofFault).toEqual({ flows: 2, unsettled: 0, lastSettledAfterMs: 1_250 });
});

it('has those that never settled apart, and no time where none did', () => {
  expect(
    courseOf([
      [2, null],
      [4, null],
      [7, null],
    ]).ofFault,
  ).toEqual({ flows: 2, unsettled: 2, lastSettledAfterMs: null });
  expect(courseOf([[4, 0.5]]).ofFault).toEqual({ flows: 1, unsettled: 0, lastSettledAfterMs: 0 });
  expect(courseOf([[4, 0.5]], null).ofFault).toBeUndefined();
});
