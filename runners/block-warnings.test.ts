import { expect, it } from 'vitest';
import type { TrialResult } from '../result/result-types.ts';
import { blockWarnings } from './block-warnings.ts';

const trial = (blockedPublishers?: TrialResult['blockedPublishers']) =>
  ({ id: 'jobs-calm-1', ...(blockedPublishers && { blockedPublishers }) }) as TrialResult;

it('tells of each trial in which publishers were blocked, and why', () => {
  const [one, ...others] = blockWarnings([trial(), trial({ times: 2, durationMs: 2_140, reason: 'low on memory' })]);
  expect(others).toEqual([]);
  expect(one).toMatchObject({ code: 'publishersBlocked' });
  expect(one?.message).toContain('jobs-calm-1: RabbitMQ blocked its publishers 2 times, for 2.1 s');
  expect(one?.message).toContain('low on memory');
});
