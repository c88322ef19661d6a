import { expect, it } from 'vitest';
import { backlogRecovery, drainSpanOf, highestBacklog } from './backlog.ts';
import type { BacklogPoint, TrialResult } from './result-types.ts';

/** Every 500 ms, from `fromMs` after the end of warm-up. */
const points = (messages: readonly number[], fromMs = 0): BacklogPoint[] =>
  messages.map((count, n) => ({ atMs: fromMs + n * 500, messages: count }));
const trial = (messages: readonly number[], faults: TrialResult['faults'] = []): TrialResult =>
  ({
    ...{ target: 'queue', engine: 'native', variant: {}, faults, verdict: { status: 'valid', reasons: [] } },
    backlog: { counts: '', points: points(messages), highest: null, redelivered: null },
  }) as unknown as TrialResult;
const times = (count: number, messages: number) => Array.from({ length: count }, () => messages);
const span = { beginsAtMs: 2_000, overAtMs: 4_000 };

it('tells the peak of what was measured', () => {
  expect(highestBacklog(points([900, 1, 7, 3], -500))).toEqual({ atMs: 500, messages: 7 });
  expect(highestBacklog([])).toBeNull();
});

it('is back when four samples in a row are as low as in calm trials', () => {
  const rising = [...times(4, 1), ...times(4, 200), 300, 120, 2, 2, 1, 0];
  const calm = trial(times(30, 2));
  expect(backlogRecovery(trial(rising), [calm], span)).toEqual({ kind: 'recovered', fromMs: 500, toMs: 1_000 });
  expect(backlogRecovery(trial(rising.slice(0, -1)), [calm], span)).toEqual({ kind: 'notWithinLoad', afterMs: 500 });
});

it('goes by what was before where there is no calm trial, and says so when that is too little', () => {
  const late = { beginsAtMs: 15_000, overAtMs: 16_000 };
  const known = trial([...times(30, 2), 90, 90, 40, ...times(6, 2)]);
  expect(backlogRecovery(known, [], late)).toEqual({ kind: 'recovered', fromMs: 0, toMs: 500 });
  expect(backlogRecovery(trial([...times(4, 2), ...times(10, 90)]), [], span)).toEqual({ kind: 'cannotSay' });
});

it('is none where nothing ever waits', () => {
  expect(backlogRecovery(trial(times(30, 0)), [trial(times(30, 0))], span)).toEqual({ kind: 'neverLeft' });
  const none = { ...trial([]), backlog: undefined } as unknown as TrialResult;
  expect(backlogRecovery(none, [], span)).toBeNull();
});

it('knows when what faults had built was worked off: as low as before, or a fiftieth of the highest', () => {
  const built = points([2, 4, 300, 900, 500, 30, 18, 0]);
  const worked = { fromMs: 1_500, isDrained: true, highest: 900, left: 0 };
  expect(drainSpanOf(built, 1_000)).toEqual({ ...worked, untilMs: 3_000 });
  const usually = points([40, 35, 300, 900, 500, 38, 18, 0]);
  expect(drainSpanOf(usually, 1_000)).toEqual({ ...worked, untilMs: 2_500 });
});

it('says what is left of a backlog that was not worked off by the last look', () => {
  const stuck = points([0, 0, 300, 900, 700]);
  expect(drainSpanOf(stuck, 1_000)).toEqual({
    fromMs: 1_500,
    untilMs: 2_000,
    isDrained: false,
    highest: 900,
    left: 700,
  });
});

it('calls nothing a backlog that is small, or was there before the faults', () => {
  expect(drainSpanOf(points([0, 0, 99, 0]), 1_000)).toBeNull();
  expect(drainSpanOf(points([800, 800, 1_500, 0]), 1_000)).toBeNull();
  expect(drainSpanOf(points([0, 900, 0]), 1_500)).toBeNull();
  expect(drainSpanOf([], 0)).toBeNull();
});
