/** A sweep that ended early goes on where it was. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBench } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('resume');

const out = rig.newOut();
const resultPath = join(out, 'result.json');
const read = () => rig.read(out);

describe('bench run --resume', () => {
  it('keeps the finished trials of a sweep, runs the others, and refuses another plan', async () => {
    const path = rig.write(
      'sweep.yaml',
      `name: resume
workload: { operations: { getOrder: { weight: 1 } } }
load: { model: open, rate: 100/s, warmup: 100ms, duration: 300ms }
targets: { rest: { protocol: rest, via: direct } }
sweep: { grid: { connections: [ 1, 2 ], resilience.retry.attempts: [ 1, 3 ] }, skip: [ { connections: 2, resilience.retry.attempts: 3 } ] }
`,
    );
    const first = await runBench(['run', path, '--yes', '--out', out]);
    expect([0, 5]).toContain(first.code); // a busy machine may make a trial invalid
    const whole = read();
    expect(whole.trials.map(({ id }) => id).sort()).toEqual([
      'rest-connections-1-attempts-1-calm-1',
      'rest-connections-1-attempts-3-calm-1',
      'rest-connections-2-attempts-1-calm-1',
    ]);
    const connections = whole.trials.map(({ variant, semantics }) => [variant.connections, semantics.connections]);
    expect(connections.every(([swept, real]) => swept === real)).toBe(true);
    // As a crash during the last trial leaves it.
    const [done, cut] = [whole.trials.slice(0, 2), whole.trials[2]];
    writeFileSync(resultPath, JSON.stringify({ ...whole, status: 'partial', trials: done }));

    // Its figures mean something else, so what is there stands beside nothing new.
    const older = { ...whole, status: 'partial', trials: done, semanticsVersion: undefined };
    writeFileSync(resultPath, JSON.stringify(older));
    const mixed = await runBench(['run', path, '--yes', '--resume', out]);
    expect(mixed).toMatchObject({ code: 2, stderr: expect.stringContaining('mean something else') });
    expect(read().trials).toHaveLength(2);
    writeFileSync(resultPath, JSON.stringify({ ...whole, status: 'partial', trials: done }));

    const again = await runBench(['run', path, '--yes', '--resume', out]);
    expect([0, 5]).toContain(again.code);
    expect(again.stderr).toContain('2 of 3 trials are there');
    const resumed = read();
    expect(resumed.status).toBe('complete');
    expect(resumed.run.startedAt).toBe(whole.run.startedAt);
    expect(resumed.trials.slice(0, 2)).toEqual(done);
    expect(resumed.trials[2]?.id).toBe(cut?.id);
    expect(resumed.trials[2]?.startedAt).not.toBe(cut?.startedAt);

    const other = await runBench(['run', path, '--yes', '--resume', out, '--rate', '50/s']);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('it is of another scenario') });
    const nowhere = await runBench(['run', path, '--yes', '--resume', join(rig.folder, 'nowhere')]);
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no result in it') });
  });
});
