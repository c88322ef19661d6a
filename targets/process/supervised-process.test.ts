import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { type SupervisedProcess, type SupervisedProcessOptions, startProcess } from './supervised-process.ts';
import { isRunning, until } from './until.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-process-'));
const started: SupervisedProcess[] = [];
let logs = 0;

afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.kill()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(command: string, args: string[], more: Partial<SupervisedProcessOptions> = {}) {
  const logPath = join(folder, `${logs++}.log`);
  const child = await startProcess({ name: 'test child', command, args, logPath, ...more });
  started.push(child);
  return child;
}

const shell = (script: string, more?: Partial<SupervisedProcessOptions>) => start('sh', ['-c', script], more);
const logOf = (child: SupervisedProcess) => readFileSync(child.logPath, 'utf8');
const ticking = 'while :; do echo tick; sleep 0.02; done';

describe('startProcess', () => {
  it('keeps both outputs in the log, given environment and folder', async () => {
    const child = await shell('echo "$WORD in $PWD"; echo complaint >&2', { env: { WORD: 'hello' }, cwd: folder });
    expect(await child.ended()).toEqual({ code: 0, signal: null });
    expect(logOf(child)).toBe(`hello in ${folder}\ncomplaint\n`);
    expect(child.logTail(1)).toBe('complaint');
  });

  it.each([
    ['is not there', '/nowhere/at-all'],
    ['is not on PATH', 'surely-no-such-command'],
    ['is no program', join(import.meta.dirname, 'until.ts')],
  ])('rejects with exit code 3 when the command %s', async (_what, command) => {
    const error = await start(command, []).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(BenchError);
    expect(error).toMatchObject({ code: 'cannotStart', exitCode: exitCodes.stack });
    expect((error as BenchError).message).toContain(command);
  });

  it('rejects with exit code 3 when the log cannot be written', async () => {
    const error = await start('true', [], { logPath: join(folder, 'no', 'such', 'folder.log') }).catch((e) => e);
    expect(error).toMatchObject({ code: 'cannotStart', exitCode: exitCodes.stack });
  });

  it('tells every pid, also after a restart', async () => {
    const pids: number[] = [];
    const child = await shell('sleep 60', { onSpawn: (pid) => pids.push(pid) });
    await child.restart();
    expect(pids).toHaveLength(2);
    expect(pids[1]).toBe(child.pid);
    expect(pids.map(isRunning)).toEqual([false, true]);
  });
});

describe('the end of a process', () => {
  it('is told as unexpected when nobody asked for it, and as expected when somebody did', async () => {
    const ends: unknown[] = [];
    const child = await shell('exit 3');
    child.onExit((exit, expected) => ends.push([exit, expected]));
    await child.ended();
    await child.restart();
    await child.ended();
    const asked = await shell('sleep 60');
    asked.onExit((exit, expected) => ends.push([exit, expected]));
    await asked.stop();
    expect(ends).toEqual([
      [{ code: 3, signal: null }, false],
      [{ code: 3, signal: null }, false],
      [{ code: null, signal: 'SIGTERM' }, true],
    ]);
  });

  it('is forced on one that ignores SIGTERM', async () => {
    const child = await shell('trap "" TERM; echo ready; while :; do sleep 0.05; done');
    await until('ready', () => logOf(child).includes('ready'));
    await child.stop(200);
    expect(child.exit).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('reaches a paused one', async () => {
    const child = await shell('sleep 60');
    child.pause();
    await child.stop();
    expect(child.exit?.signal).toBe('SIGTERM');
  });

  it.each(['kill', 'stop', 'crash'] as const)('by %s takes its descendants along', async (ending) => {
    const child = await shell('sleep 61 & echo $!; exec sleep 60');
    const grandchild = Number(await until('a grandchild', () => logOf(child).trim() || null));
    expect(isRunning(grandchild)).toBe(true);
    if (ending === 'crash') process.kill(child.pid, 'SIGSEGV');
    else await child[ending]();
    await child.ended();
    await until('the grandchild is gone', () => !isRunning(grandchild));
  });

  it('does not come twice: stop and kill of an ended one return', async () => {
    const child = await shell('exit 0');
    await child.ended();
    await child.stop();
    await child.kill();
    expect(child.exit).toEqual({ code: 0, signal: null });
  });
});

describe('pause and resume', () => {
  it('stops the whole group, and lets it go on', async () => {
    const child = await shell(ticking);
    const size = () => statSync(child.logPath).size;
    await until('it ticks', () => size() > 0);
    child.pause();
    await sleep(100); // what was under way
    const paused = size();
    await sleep(300);
    expect(size()).toBe(paused);
    child.resume();
    await until('it ticks again', () => size() > paused);
  });
});

describe('cpuUs', () => {
  const burn = (ms: number) => `const t = process.cpuUsage(); while (process.cpuUsage(t).user < ${ms * 1e3});`;

  it('counts descendants, those that were reaped too, and goes on over a restart', async () => {
    const child = await shell(`"${process.execPath}" -e '${burn(150)}'; echo burnt; sleep 60`);
    await until('it is burnt', () => logOf(child).includes('burnt'));
    const first = child.cpuUs() ?? 0;
    expect(first).toBeGreaterThanOrEqual(150_000);
    await child.restart();
    expect(child.cpuUs()).toBeGreaterThanOrEqual(first);
    await until('it is burnt again', () => logOf(child).split('burnt').length === 3);
    expect(child.cpuUs()).toBeGreaterThanOrEqual(first + 150_000);
    await child.kill();
    expect(child.cpuUs()).toBeGreaterThanOrEqual(first + 150_000);
  });

  it('stands almost still while nothing runs', async () => {
    const child = await shell('sleep 60');
    const before = child.cpuUs() ?? 0;
    await sleep(200);
    expect((child.cpuUs() ?? 0) - before).toBeLessThanOrEqual(20_000);
  });
});

describe('the channel to a Node child', () => {
  it('carries messages both ways, also after a restart', async () => {
    const echo = 'process.on("message", (m) => process.send({ echo: m }))';
    const child = await start(process.execPath, ['-e', echo], { ipc: true });
    for (const round of [1, 2]) {
      const answer = new Promise((resolve) => {
        const forget = child.onMessage((message) => {
          forget();
          resolve(message);
        });
      });
      child.send({ round });
      expect(await answer).toEqual({ echo: { round } });
      if (round === 1) await child.restart();
    }
    await child.kill();
    child.send('nobody is there'); // neither throws nor rejects
  });
});

describe('a child that ignores every polite signal', () => {
  it.each([
    ['is killed with SIGKILL', 'wait'],
    ['calls process.exit', 'exit'],
    ['dies of a bug', 'throw'],
  ])('ends when its parent %s', async (_what, ending) => {
    const fixture = join(import.meta.dirname, 'fixtures', 'parent.ts');
    const parent = spawn(process.execPath, [fixture, join(folder, 'stubborn.log'), ending], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(parent, 'exit');
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const child = Number(line);
    if (ending === 'wait') {
      expect(isRunning(child)).toBe(true);
      parent.kill('SIGKILL');
    }
    await exited;
    await until('the child is gone', () => !isRunning(child));
  });
});
