import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { RestTarget } from '../../scenarios/scenario.ts';
import { freePort } from './free-port.ts';
import { type RunningService, startReferenceService } from './reference-service.ts';
import { isRunning } from './until.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-service-'));
const servicePath = join(import.meta.dirname, 'fixtures', 'tiny-service.ts');
const target: RestTarget = {
  name: 'tiny',
  protocol: 'rest',
  engine: 'native',
  via: 'direct',
  connections: 1,
};
const running: RunningService[] = [];
let count = 0;

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.process.kill()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(behaviour: string, port: number, startDeadlineMs?: number): Promise<RunningService> {
  const service = await startReferenceService(
    servicePath,
    {
      protocol: 'rest',
      target,
      port,
      broker: null,
      names: { behaviour },
      evidencePath: join(folder, 'evidence'),
      population: { readable: 1, cancellable: 1 },
      workTimeMs: 0,
      rejectRatio: 0,
      seed: 1,
    },
    join(folder, `${count++}.log`),
    startDeadlineMs,
  );
  running.push(service);
  return service;
}

/** null when nobody listens. */
function ask(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    let answer = '';
    connect(port, '127.0.0.1')
      .on('data', (chunk) => {
        answer += chunk;
      })
      .on('error', () => resolve(null))
      .on('end', () => resolve(answer));
  });
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => new BenchError('none', 'it started'),
    (error: unknown) => error as BenchError,
  );

describe('startReferenceService', () => {
  it('resolves with a service that answers, and stop ends it', async () => {
    const port = await freePort();
    const service = await start('good', port);
    expect(await ask(port)).toBe('served');
    const { pid } = service.process;
    let expectedEnd: boolean | null = null;
    service.process.onExit((_exit, expected) => {
      expectedEnd = expected;
    });
    await service.stop();
    expect(service.process.exit).toEqual({ code: 0, signal: null });
    expect(expectedEnd).toBe(true);
    expect(isRunning(pid)).toBe(false);
    expect(await ask(port)).toBeNull();
  });

  it('restarts at the same port with the same options, dead or alive', async () => {
    const port = await freePort();
    const service = await start('good', port);
    await service.process.kill();
    expect(await ask(port)).toBeNull();
    await service.restart();
    expect(await ask(port)).toBe('served');
    const { pid } = service.process;
    await service.restart();
    expect(await ask(port)).toBe('served');
    expect(isRunning(pid)).toBe(false);
  });

  it('passes on why a service could not start, with the end of its log', async () => {
    const error = await failure(start('fails', await freePort()));
    expect(error).toMatchObject({ code: 'serviceNotReady', exitCode: exitCodes.stack });
    expect(error.message).toContain('the port is cursed');
    expect(error.hint).toContain('behaviour: fails');
  });

  it('says so when a service ends before it is ready', async () => {
    const error = await failure(start('crashes', await freePort()));
    expect(error.message).toMatch(/ended with code 7/);
    expect(error.hint).toContain('behaviour: crashes');
  });

  it('gives up on a service that never gets ready, and ends it', async () => {
    const error = await failure(start('never ready', await freePort(), 1_000));
    expect(error.message).toMatch(/not ready within 1 s/);
    expect(error.hint).toContain('behaviour: never ready');
  });

  it('ends a service that never stops by itself', async () => {
    const service = await start('never stops', await freePort());
    const { pid } = service.process;
    await service.stop();
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });
});
