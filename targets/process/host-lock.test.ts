import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { takeHostLock, tryHostLock } from './host-lock.ts';
import { until } from './until.ts';

const newName = () => `test-${randomBytes(6).toString('hex')}`;
const never = new AbortController().signal;

async function otherHolder(name: string) {
  const module = join(import.meta.dirname, 'host-lock.ts');
  const script = `import(${JSON.stringify(module)}).then(async ({ tryHostLock }) => {
    console.log((await tryHostLock(${JSON.stringify(name)})) !== null); setInterval(() => {}, 1000); })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  expect(line).toBe('true');
  return child;
}

describe('a host lock', () => {
  it('has one holder at a time', async () => {
    const name = newName();
    const lock = await tryHostLock(name);
    expect(lock).not.toBeNull();
    expect(await tryHostLock(name)).toBeNull();
    expect(await tryHostLock(newName())).not.toBeNull();
    await lock?.release();
    expect(await tryHostLock(name)).not.toBeNull();
  });

  it.runIf(process.platform === 'linux')('is free again when its holder is killed', async () => {
    const name = newName();
    const holder = await otherHolder(name);
    expect(await tryHostLock(name)).toBeNull();
    let waited = 0;
    const taken = takeHostLock(name, never, () => waited++);
    await until('it waits', () => waited === 1);
    holder.kill('SIGKILL');
    await (await taken).release();
    expect(waited).toBe(1);
  });

  it('stops waiting when told to', async () => {
    const name = newName();
    const lock = await tryHostLock(name);
    const controller = new AbortController();
    const waiting = takeHostLock(name, controller.signal, () => controller.abort(new Error('enough')));
    await expect(waiting).rejects.toThrow('enough');
    await lock?.release();
  });
});
