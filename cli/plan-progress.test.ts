import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../runners/run-events.ts';
import { PlanProgress } from './plan-progress.ts';

const planned = (trials: number): RunEvent => ({ type: 'planned', trials, totalMs: trials * 1_000 });
const started = (index: number): RunEvent => {
  return { type: 'trialStarted', index, id: 'a', target: 'a', condition: 'calm', repeat: 1, plannedMs: 1_000 };
};
const summary = { p50Us: null, p99Us: null, goodputPerSecond: 0, notOk: 0 };
const finished = (index: number): RunEvent => {
  return { type: 'trialFinished', index, id: 'a', verdict: 'valid', summary };
};

describe('the progress of a plan', () => {
  it('goes by planned times, and stands still in a trial that takes longer', () => {
    let nowMs = 0;
    const progress = new PlanProgress(() => nowMs);
    for (const event of [planned(4), started(0), finished(0), started(1)]) progress.follow(event);
    nowMs += 500;
    expect([progress.counter, progress.share, progress.leftMs]).toEqual(['2/4', 0.375, 2_500]);
    nowMs += 5_000;
    expect(progress.share).toBe(0.5);
  });

  it('begins anew with the next plan, as of the finals that follow a survey', () => {
    const progress = new PlanProgress(() => 0);
    for (const event of [planned(2), started(0), finished(0), started(1), finished(1)]) progress.follow(event);
    expect(progress.leftMs).toBe(0);
    for (const event of [planned(6), started(0)]) progress.follow(event);
    expect([progress.counter, progress.share, progress.leftMs]).toEqual(['1/6', 0, 6_000]);
  });
});
