import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { WorkerHealth } from './worker-health.ts';

const tickMs = 4;

function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('WorkerHealth', () => {
  it('tells the longest stall of the measured part, and of no other', () => {
    const health = new WorkerHealth(tickMs);
    health.tick('before');
    standStill(400);
    health.tick('before');
    health.tick('measuring');
    standStill(60);
    health.tick('measuring');
    health.tick('after');
    standStill(400);
    health.tick('after');
    const { longestStallMs, measuredMs } = health.finish();
    expect(longestStallMs).toBeGreaterThan(50);
    expect(longestStallMs).toBeLessThan(350);
    expect(measuredMs).toBeGreaterThanOrEqual(longestStallMs);
  });

  it('counts the pauses of the garbage collector while measuring', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const health = new WorkerHealth(tickMs);
    collect();
    health.tick('measuring');
    for (let times = 0; times < 3; times++) collect();
    health.tick('after');
    await sleep(10); // the observer is told a turn later
    const { gcPausesMs, longestGcPauseMs } = health.finish();
    expect(longestGcPauseMs).toBeGreaterThan(0);
    expect(gcPausesMs).toBeGreaterThan(longestGcPauseMs); // of all three: one of them may have lost its CPU meanwhile
  });

  it('knows nothing of a load that was cut short before it measured', () => {
    const health = new WorkerHealth(tickMs);
    health.tick('before');
    expect(health.finish()).toMatchObject({ measuredMs: 0, longestStallMs: 0, gcPausesMs: 0 });
  });
});
