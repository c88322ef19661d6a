import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os, { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { identify, pidSpace } from '../targets/process/process-identity.ts';
import { lockFile } from './out-lock.ts';
import { ResultStore, resultFile } from './result-store.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-out-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open = (name: string) => ResultStore.open(join(folder, name), () => undefined);
const held = { code: 'outInUse', exitCode: 2, message: expect.stringContaining(`process ${process.pid} on `) };

function lockedBy(name: string, holder: object): string {
  const path = join(folder, name, lockFile);
  writeFileSync(path, JSON.stringify({ ...pidSpace(), host: hostname(), since: 'then', ...holder }));
  return path;
}

it('holds its folder until it is closed, for a new run and for one that goes on', async () => {
  const store = await open('one');
  await expect(open('one')).rejects.toMatchObject(held);
  writeFileSync(join(folder, 'one', resultFile), '{}');
  await expect(ResultStore.reopen(join(folder, 'one'))).rejects.toMatchObject(held);
  await expect(open('one')).rejects.toMatchObject(held); // and moves nothing aside
  expect(existsSync(join(folder, 'one', resultFile))).toBe(true);
  await store.close();
  expect(readdirSync(join(folder, 'one'))).toEqual([resultFile]);
});

it('is had by one of many that come at once', async () => {
  const opened = await Promise.allSettled(Array.from({ length: 20 }, () => open('many')));
  const stores = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(stores).toHaveLength(1);
  for (const one of opened) if (one.status === 'rejected') expect(one.reason).toMatchObject(held);
  await stores[0]?.close();
  expect(readdirSync(join(folder, 'many'))).toEqual([]);
});

it('moves an earlier result aside without its lock', async () => {
  await (await open('earlier')).close();
  writeFileSync(join(folder, 'earlier', resultFile), '{ "startedAt": "2026-01-02T03:04:05Z" }');
  const store = await open('earlier');
  expect(readdirSync(join(folder, 'earlier-20260102T030405Z'))).toEqual([resultFile]);
  expect(readdirSync(join(folder, 'earlier'))).toEqual([lockFile]);
  await store.close();
});

it('takes over from a process that is gone, or whose number another process has now', async () => {
  await (await open('stale')).close();
  lockedBy('stale', { pid: spawnSync('true').pid, startTicks: 1 });
  await (await open('stale')).close();
  lockedBy('stale', { pid: process.pid, startTicks: identify(process.pid).startTicks - 1 });
  await (await open('stale')).close();
  lockedBy('stale', { ...identify(process.pid), boot: 'the one before' });
  const store = await open('stale');
  expect(JSON.parse(readFileSync(join(folder, 'stale', lockFile), 'utf8'))).toMatchObject(identify(process.pid));
  await store.close();
});

it('lets those be of which nobody here can tell', async () => {
  await (await open('foreign')).close();
  const path = lockedBy('foreign', { pid: 1, startTicks: 1, boot: 'another', host: 'elsewhere' });
  const hint = expect.stringContaining(`remove ${path}`);
  await expect(open('foreign')).rejects.toMatchObject({ code: 'outInUse', hint });
  writeFileSync(path, 'half a l');
  await expect(open('foreign')).rejects.toMatchObject({ code: 'outInUse', hint });
});

it('is held by another process as long as that lives', async () => {
  await (await open('process')).close();
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? 0;
  lockedBy('process', identify(pid));
  await expect(open('process')).rejects.toMatchObject({ code: 'outInUse', message: expect.stringContaining(`${pid}`) });
  child.kill('SIGKILL');
  await once(child, 'close');
  await (await open('process')).close();
});
