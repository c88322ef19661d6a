import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning, until } from '../process/until.ts';
import { createRunDirectory, sweepLeftovers } from './run-directory.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-runs-'));
let base = '';
let count = 0;
const strays: number[] = [];

beforeEach(() => {
  base = join(folder, String(count++));
});
afterEach(() => {
  for (const pid of strays.splice(0)) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A run that was killed, and what it left: its folder and a living child. */
async function killedRun(): Promise<{ path: string; child: number }> {
  const owner = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'forgetful-owner.ts'), base], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: owner.stdout }), 'line');
  const left = JSON.parse(String(line)) as { path: string; child: number };
  strays.push(left.child);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(isRunning(left.child)).toBe(true);
  return left;
}

function changeNote(path: string, change: (note: Record<string, unknown>) => void): void {
  const file = join(path, 'owner.json');
  const note = JSON.parse(readFileSync(file, 'utf8'));
  change(note);
  writeFileSync(file, JSON.stringify(note));
}

describe('sweepLeftovers', () => {
  it('ends what a killed run left and removes its folder', async () => {
    const { path, child } = await killedRun();
    expect(await sweepLeftovers(base)).toEqual([path]);
    expect(existsSync(path)).toBe(false);
    await until('the child is gone', () => !isRunning(child));
    expect(await sweepLeftovers(base)).toEqual([]);
  });

  it('ends no process that only has the pid of one that was noted', async () => {
    const { path, child } = await killedRun();
    changeNote(path, (note) => {
      note.children = [{ pid: child, startTicks: 1 }];
    });
    expect(await sweepLeftovers(base)).toEqual([path]);
    expect(isRunning(child)).toBe(true);
  });

  it('ends nothing that was noted before the machine was started anew', async () => {
    const { path, child } = await killedRun();
    changeNote(path, (note) => {
      note.boot = 'another boot';
    });
    expect(await sweepLeftovers(base)).toEqual([path]);
    expect(isRunning(child)).toBe(true);
  });

  it('leaves alone what another container left', async () => {
    const { path, child } = await killedRun();
    changeNote(path, (note) => {
      note.namespace = 'pid:[1]';
    });
    expect(await sweepLeftovers(base)).toEqual([]);
    expect([existsSync(path), isRunning(child)]).toEqual([true, true]);
  });

  it('leaves a living run alone, though another process has its pid noted as child', async () => {
    const child = spawn('sleep', ['60']);
    strays.push(child.pid ?? 0);
    const directory = await createRunDirectory(base);
    directory.note(child.pid ?? 0);
    expect(await sweepLeftovers(base)).toEqual([]);
    expect([existsSync(directory.path), isRunning(child.pid ?? 0)]).toEqual([true, true]);
  });

  it('takes an owner that was not reaped yet for dead', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    strays.push(parent.pid ?? 0);
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const zombie = Number(line);
    const startTicks = Number(readFileSync(`/proc/${zombie}/stat`, 'utf8').split(' ')[21]);
    const directory = await createRunDirectory(base);
    changeNote(directory.path, (note) => {
      note.owner = { pid: zombie, startTicks };
    });
    expect(await sweepLeftovers(base)).toEqual([]);
    await until('it is a zombie', () => !isRunning(zombie));
    expect(existsSync(`/proc/${zombie}`)).toBe(true);
    expect(await sweepLeftovers(base)).toEqual([directory.path]);
  });

  it('removes a folder without owner once it is old, and nothing else that lies there', async () => {
    mkdirSync(join(base, 'run-new'), { recursive: true, mode: 0o700 });
    mkdirSync(join(base, 'run-old'));
    mkdirSync(join(base, 'something-else'));
    chmodSync(base, 0o700);
    utimesSync(join(base, 'run-old'), 1, 1);
    utimesSync(join(base, 'something-else'), 1, 1);
    expect(await sweepLeftovers(base)).toEqual([join(base, 'run-old')]);
    expect([existsSync(join(base, 'run-new')), existsSync(join(base, 'something-else'))]).toEqual([true, true]);
  });

  it('does nothing in a folder that others may write to, nor does a run begin there', async () => {
    const { path, child } = await killedRun();
    chmodSync(base, 0o777);
    expect(await sweepLeftovers(base)).toEqual([]);
    expect([existsSync(path), isRunning(child)]).toEqual([true, true]);
    await expect(createRunDirectory(base)).rejects.toMatchObject({ code: 'unsafeDirectory', exitCode: 3 });
  });

  it('finds nothing where nothing ever ran', async () => {
    expect(await sweepLeftovers(join(folder, 'nowhere'))).toEqual([]);
  });
});

describe('a run directory', () => {
  it('goes whole, or keeps its logs for the next run to remove', async () => {
    const [gone, kept] = [await createRunDirectory(base), await createRunDirectory(base)];
    for (const { path } of [gone, kept]) {
      mkdirSync(join(path, 'data'));
      writeFileSync(join(path, 'part.log'), 'last words');
    }
    await gone.remove();
    await kept.remove('logs');
    expect(existsSync(gone.path)).toBe(false);
    expect(existsSync(join(kept.path, 'data'))).toBe(false);
    expect(readFileSync(join(kept.path, 'part.log'), 'utf8')).toBe('last words');
    expect(existsSync(join(kept.path, 'owner.json'))).toBe(true);
  });
});
