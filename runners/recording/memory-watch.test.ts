import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type SupervisedProcess, startProcess } from '../../targets/process/supervised-process.ts';
import { until } from '../../targets/process/until.ts';
import { watchMemory } from './memory-watch.ts';

const mebibyte = 1024 ** 2;
/** Holds 100 MiB, written to, for as long as it is not told otherwise. */
const holds = `const held = Buffer.alloc(100 * ${mebibyte}, 1); setInterval(() => held.length, 1000)`;

describe.runIf(process.platform === 'linux')('watchMemory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wirebench-memory-'));
  let child: SupervisedProcess | null = null;

  afterEach(async () => {
    await child?.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  it('sees what a process holds, and does not forget it when the process is gone', async () => {
    const started = await startProcess({
      name: 'holder',
      command: process.execPath,
      args: ['-e', holds],
      logPath: join(directory, 'log'),
    });
    child = started;
    await until('memory held', () => (started.residentBytes() ?? 0) > 100 * mebibyte);
    const over = new AbortController();
    const watched = watchMemory({ service: [started] }, over.signal);
    await started.kill();
    expect(started.residentBytes()).toBeNull();
    over.abort();
    const { serviceBytes, generatorBytes, brokerBytes } = await watched;
    expect(serviceBytes).toBeGreaterThan(100 * mebibyte);
    expect(serviceBytes).toBeLessThan(400 * mebibyte);
    expect(generatorBytes).toBeGreaterThan(10 * mebibyte);
    expect(brokerBytes).toBeNull();
  });
});
