import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SupervisedProcess, startProcess } from '../process/supervised-process.ts';
import { until } from '../process/until.ts';
import { becomeKeeper, untilStackEnds } from './kept-stack.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-kept-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('untilStackEnds', () => {
  let part: SupervisedProcess;
  beforeEach(async () => {
    const args = ['-c', 'echo last words; exec sleep 60'];
    part = await startProcess({ name: 'Toxiproxy', command: 'sh', args, logPath: join(folder, 'part.log') });
    await until('it speaks', () => part.logTail().includes('last words'));
  });
  afterEach(() => part.kill());
  const stack = () => ({ processes: { toxiproxy: part }, directory: folder });

  it('resolves when it is told to end, though its parts end then, too', async () => {
    const controller = new AbortController();
    const end = untilStackEnds(stack(), controller.signal);
    controller.abort();
    await end;
    await part.stop();
  });

  it('rejects with exit 3 when a part ends by itself, or has ended already', async () => {
    const end = untilStackEnds(stack(), new AbortController().signal);
    process.kill(part.pid, 'SIGKILL');
    const lost = { code: 'partLost', exitCode: 3, message: expect.stringMatching(/Toxiproxy ended by itself/) };
    await expect(end).rejects.toMatchObject({ ...lost, hint: expect.stringMatching(/last words/) });
    await expect(untilStackEnds(stack(), new AbortController().signal)).rejects.toMatchObject(lost);
  });
});

describe('becomeKeeper', () => {
  it('lets one process at a time be it', async () => {
    const lock = await becomeKeeper(join(folder, 'runs'));
    await expect(becomeKeeper(join(folder, 'runs'))).rejects.toMatchObject({ code: 'stackUp', exitCode: 3 });
    await (await becomeKeeper(join(folder, 'others'))).release();
    await lock.release();
    await (await becomeKeeper(join(folder, 'runs'))).release();
  });
});
