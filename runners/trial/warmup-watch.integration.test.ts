/** `warmup: auto` on real load, with a longest warm-up that a test can wait for. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { Scenario, Target } from '../../scenarios/scenario.ts';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { until } from '../../targets/process/until.ts';
import { restEntry } from '../../targets/rest/preset.ts';
import { LoadClock } from '../load/load-clock.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import type { SecondReport } from '../load/worker-messages.ts';
import { phaseWindows } from '../recording/phase-windows.ts';
import { Recorder } from '../recording/recorder.ts';
import { mergeCells } from '../recording/summarise-recording.ts';
import { createArrivalSchedule } from '../schedule/arrival-schedule.ts';
import { loadPlanFor, prepareTrial, repeatSeed } from './prepare-trial.ts';
import { runTrial } from './run-trial.ts';
import { openTrialParts } from './trial-parts.ts';

const longestMs = 4_000;
const durationMs = 500;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'wirebench-warmup-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** `slow`: two connections to a service that takes 40 ms, so 50/s at most. */
function scenarioWith(load: string, slow = false): { scenario: Scenario; target: Target } {
  const reading = parseScenario(
    `name: warmup
workload: { operations: { getOrder: { weight: 1, pattern: request-reply } }, service: { workTime: ${slow ? 40 : 0}ms } }
load: { ${load}, warmup: auto, duration: ${durationMs}ms, threads: 2 }
targets: { rest: { protocol: rest, via: direct, connections: ${slow ? 2 : 16} } }
conditions: { calm: [] }
resilience: { deadline: 8s, timeout: 8s }
`,
    { path: join(folder, 'warmup.yaml') },
  );
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const scenario = { ...reading.scenario, load: { ...reading.scenario.load, warmupMs: longestMs } };
  return { scenario, target: scenario.targets.rest as Target };
}

/** What the first repeat’s schedule holds of arrivals at 100/s. */
function arrivals(fromMs: number, toMs: number): number {
  const schedule = createArrivalSchedule({
    arrivals: 'poisson',
    stages: [{ forMs: 60_000, fromPerSecond: 100, toPerSecond: 100 }],
    seed: repeatSeed(scenarioWith('model: open, rate: 100/s').scenario, 1),
  });
  let count = 0;
  for (let index = 0, us = schedule.offsetUs(0); us !== null && us < toMs * 1e3; us = schedule.offsetUs(++index)) {
    if (us >= fromMs * 1e3) count++;
  }
  return count;
}

/** Offered operations in warm-up and measured part; the warm-up's end is announced in its second second. */
async function endEarly(load: string, trialId: string) {
  const { scenario, target } = scenarioWith(load);
  const prepared = prepareTrial(scenario, target, restEntry);
  const windows = phaseWindows(longestMs, durationMs, []);
  const parts = await openTrialParts({
    ...{ scenario, entry: restEntry, prepared, stack: null, workDirectory: folder, trialId },
  });
  const never = new AbortController().signal;
  const generator = await LoadGenerator.open(loadPlanFor(scenario, prepared, [], parts), never);
  try {
    const seconds: SecondReport[] = [];
    generator.onSecond((report) => seconds.push(report));
    const startUs = monotonicNowUs() + 200e3;
    const clock = new LoadClock(startUs, { warmupMs: longestMs, untilSteady: true }, generator.signals);
    generator.begin(startUs);
    await until('both workers told of a second', () => seconds.length === 2);
    const endMs = Math.ceil((monotonicNowUs() - startUs) / 1e3) + 300;
    generator.signals.endWarmup(endMs);
    await generator.whenIdle();
    const tookMs = (monotonicNowUs() - startUs) / 1e3;
    const recorder = new Recorder(windows.length, 1);
    for (const { recording } of await generator.finish()) recorder.add(recording);
    const offered = (phase: number) => mergeCells(recorder.phase(phase)).counts.offered;
    return { endMs, tookMs, seconds, skippedMs: clock.skippedUs / 1e3, warmup: offered(0), steady: offered(1) };
  } finally {
    await generator.terminate();
    await parts.close();
  }
}

describe.concurrent('a warm-up whose end is announced', () => {
  it('ends then, for all threads, and the measured arrivals are those behind the longest one', async () => {
    const { endMs, tookMs, seconds, skippedMs, warmup, steady } = await endEarly('model: open, rate: 100/s', 'open');
    for (const { second, spanMs } of seconds) expect(spanMs).toBeGreaterThanOrEqual((second + 1) * 1e3);
    expect(skippedMs).toBe(longestMs - endMs);
    expect(warmup).toBe(arrivals(0, endMs));
    expect(steady).toBe(arrivals(longestMs, longestMs + durationMs));
    expect(tookMs).toBeLessThan(longestMs);
  });

  it('ends for users, too', async () => {
    const { endMs, tookMs, warmup, steady } = await endEarly('model: closed, users: 4, thinkTime: 20ms', 'closed');
    expect(warmup).toBeGreaterThan(8);
    expect(steady).toBeGreaterThan(4);
    expect(tookMs).toBeGreaterThanOrEqual(endMs + durationMs - 20);
    expect(tookMs).toBeLessThan(longestMs);
  });
});

describe.concurrent('a trial with warmup: auto', () => {
  const play = async (id: string, { scenario, target }: ReturnType<typeof scenarioWith>) => {
    const plan = { id, target: 'rest', condition: 'calm', variant: {}, repeat: 1, plannedMs: 0 };
    const cores = os.availableParallelism();
    const context = { scenario, stack: null, workDirectory: folder, cores, idleUsPerSecond: undefined, emit: () => {} };
    return (await runTrial(plan, target, context, new AbortController().signal)).result;
  };

  it('gives up after the longest time while response times still climb, and is suspect', async () => {
    const beyondService = scenarioWith('model: open, rate: 200/s, maxInFlight: 120', true);
    const { warmup, verdict, phases } = await play('climbing', beyondService);
    expect(warmup).toEqual({ durationMs: longestMs, ended: 'notSteady' });
    expect(verdict.status).not.toBe('valid');
    expect(verdict.reasons.map(({ code }) => code)).toContain('notSteady');
    expect(phases.warmup?.durationMs).toBe(longestMs);
  });

  it('tells how long the warm-up was and why it ended', async () => {
    const result = await play('auto', scenarioWith('model: open, rate: 100/s'));
    const { durationMs: tookMs = 0, ended } = result.warmup ?? {};
    expect(tookMs).toBeGreaterThan(3_000);
    expect(tookMs).toBeLessThanOrEqual(longestMs);
    if (tookMs < longestMs) expect(ended).toBe('steady');
    expect(result.verdict.reasons.some(({ code }) => code === 'notSteady')).toBe(ended === 'notSteady');
    expect(result.phases.warmup?.durationMs).toBe(tookMs);
    expect(result.phases.steady?.durationMs).toBe(durationMs);
    expect(result.phases.steady?.counts.offered).toBe(arrivals(longestMs, longestMs + durationMs));
    expect(result.timeline[0]?.atMs).toBe(-tookMs);
    const slowestAtMs = result.notable?.slowest.map(({ atMs }) => atMs) ?? [];
    expect(slowestAtMs.length).toBeGreaterThan(0);
    expect(Math.max(...slowestAtMs)).toBeLessThanOrEqual(durationMs);
  });
});
