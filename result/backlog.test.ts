import { expect, it } from 'vitest';
import { backlogRecovery, highestBacklog } from './backlog.ts';
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
