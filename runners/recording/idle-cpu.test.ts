import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startProcess } from '../../targets/process/supervised-process.ts';
import type { RunningStack } from '../../targets/stack/stack.ts';
import { IdleCpu } from './idle-cpu.ts';

const directory = mkdtempSync(join(tmpdir(), 'wirebench-idle-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** As a JVM that goes on compiling after the load has ended: busy for 1.5 s, then idle. */
const settles = 'for (const end = Date.now() + 1_500; Date.now() < end; ); setInterval(() => undefined, 1_000);';

it.runIf(process.platform === 'linux')('what a broker uses while it settles is not what idling costs', async () => {
  const kafka = await startProcess({
    name: 'settling',
    command: process.execPath,
    args: ['-e', settles],
    logPath: join(directory, 'log'),
  });
  try {
    const broker = { name: 'kafka', directAddress: '', links: {} } as const;
    const stack = { processes: { kafka }, brokers: { kafka: broker } } as Partial<RunningStack> as RunningStack;
    const idle = await IdleCpu.measure(stack, 2, new AbortController().signal);
    expect(idle.usPerSecond('kafka').broker).toBeLessThan(300_000); // busy it is about a million
    expect(idle.usPerSecond(null).broker).toBe(0);
    expect(idle.usPerSecond('rabbitmq').broker).toBeNull();
  } finally {
    await kafka.kill();
  }
});
