/** `bench stack` and `bench doctor` as a user runs them; a folder for temporary files of their own keeps them apart. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { descendantsOf } from '../targets/process/descendants.ts';
import { isAlive } from '../targets/process/process-identity.ts';
import { until } from '../targets/process/until.ts';
import type { KeptStack } from '../targets/stack/kept-stack.ts';
import { programNames } from '../targets/stack/programs.ts';
import { allGone, BenchProcess, commandLine, runBench } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const { folder } = benchRig('stack-command');
const env = { TMPDIR: folder };
const bench = (...args: string[]) => runBench(args, env);

afterEach(async () => {
  await bench('stack', 'down');
});

type Status = { readonly up: false } | (KeptStack & { readonly up: true; readonly parts: { answers: boolean }[] });

async function readStatus(): Promise<Status> {
  const { code, stdout } = await bench('stack', 'status', '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

async function requireUp() {
  const status = await readStatus();
  if (!status.up) throw new Error('the stack is not up');
  return status;
}

describe('bench stack', () => {
  it('up, status and down: parts that answer, then nothing left', async () => {
    const up = await bench('stack', 'up', '--yes');
    expect(up.stderr).not.toMatch(/bug of Wirebench/);
    expect(up.code).toBe(0);
    expect(up.stdout).toMatch(/toxiproxy .*answers\n.*rabbitmq .*answers\n.*kafka .*answers\n/);
    expect(up.stdout).toMatch(/--stack external/);
    const status = await requireUp();
    expect(status.parts.map(({ answers }) => answers)).toEqual([true, true, true]);

    const again = await bench('stack', 'up');
    expect(again.code).toBe(0);
    expect((await requireUp()).keeper).toEqual(status.keeper);

    const parts = descendantsOf(status.keeper.pid);
    for (const part of [/beam\.smp/, /epmd/, /kafka\.Kafka/, /toxiproxy/]) {
      expect(parts.filter((pid) => part.test(commandLine(pid))).length).toBeGreaterThan(0);
    }
    const down = await bench('stack', 'down');
    expect([down.code, down.stdout]).toEqual([0, 'The stack is down.\n']);
    expect(isAlive(status.keeper)).toBe(false);
    expect(await allGone(parts)).toEqual([]);
    expect(await readStatus()).toEqual({ up: false });
    const [runs = ''] = readdirSync(folder);
    expect(readdirSync(join(folder, runs)).filter((name) => name.startsWith('run-'))).toEqual([]);
  });

  it('dies with its keeper, even by SIGKILL, and is seen to be gone', async () => {
    const keeper = new BenchProcess(['stack', 'up', '--foreground', '--yes'], env);
    await until('it is up', () => keeper.stdout.includes('--stack external'), 60_000);
    const parts = keeper.descendants();
    expect(parts.length).toBeGreaterThanOrEqual(4);
    keeper.child.kill('SIGKILL');
    await keeper.exited;
    expect(await allGone(parts)).toEqual([]);
    expect(await readStatus()).toEqual({ up: false });
    expect((await bench('stack', 'down')).stdout).toBe('No stack is up.\n');
  });

  it('up ends with 130 when it is interrupted, and leaves nothing', async () => {
    const up = new BenchProcess(['stack', 'up', '--yes'], env);
    await up.says(/bringing the stack up/);
    await until('its parts', () => (up.descendants().length > 1 ? true : null)); // the keeper and the first part
    const children = up.descendants();
    up.child.kill('SIGINT');
    expect((await up.exited).code).toBe(130);
    expect(await allGone(children)).toEqual([]);
  });
});

describe('bench doctor', () => {
  it('tells what is here, with 0 when nothing is missing', async () => {
    const { code, stdout } = await bench('doctor', '--json');
    const report = JSON.parse(stdout) as { programs: { name: string; path: string | null }[] };
    expect(report.programs.map(({ name }) => name)).toEqual(programNames);
    expect(report.programs.slice(0, 3).every(({ path }) => path !== null)).toBe(true); // the stack test installed them
    expect(code).toBe(0);
    expect((await bench('doctor')).stdout).toMatch(/Everything a run needs is here/);
  });

  it('tells the exact commands for what is missing, with 3', async () => {
    const { code, stdout } = await runBench(['doctor'], { ...env, XDG_CACHE_HOME: join(folder, 'empty') });
    expect(stdout).toMatch(/missing +Toxiproxy[\s\S]*go install .*toxiproxy\S*@v/);
    expect(stdout).toMatch(/missing +Kafka[\s\S]*mvn .*dependency:copy-dependencies/);
    expect(code).toBe(/an engine answers/.test(stdout) ? 0 : 3);
  });
});
