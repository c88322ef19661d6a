/** A service with its state in a file, on its good days and on its bad ones: killed, full, unwritable. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RestTarget, StoreName } from '../../scenarios/scenario.ts';
import { readHeld } from '../domain/held-state.ts';
import { formatOperationId } from '../domain/operation-id.ts';
import { freePort } from '../process/free-port.ts';
import { type RunningService, startReferenceService } from '../process/reference-service.ts';
import { restEntry } from '../rest/preset.ts';

let folder = '';
let opened = 0;
const services: RunningService[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'wirebench-store-'));
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(store: StoreName, { workTimeMs = 0, statePath = join(folder, `state-${opened++}`) } = {}) {
  const port = await freePort();
  const target: RestTarget = { name: 'rest', protocol: 'rest', engine: 'native', via: 'direct', connections: 1, store };
  const service = await startReferenceService(
    restEntry.servicePath,
    {
      ...{ protocol: 'rest', target, port, broker: null, names: {}, statePath, idempotent: true },
      ...{ evidencePath: join(folder, `evidence-${opened}`), population: { readable: 0, cancellable: 0 } },
      ...{ workTimeMs, rejectRatio: 0, seed: 1 },
    },
    join(folder, `log-${opened++}`),
  );
  services.push(service);
  const send = async (number: number, { prefer = '', bytes = 10 } = {}) => {
    const id = formatOperationId('trial', 0, number);
    const answer = await fetch(`http://127.0.0.1:${port}/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': id, ...(prefer !== '' && { prefer }) },
      body: JSON.stringify({ id, key: 'k', payload: 'x'.repeat(bytes) }),
    });
    return { status: answer.status, body: await answer.text() };
  };
  const read = async (number: number) => {
    const id = formatOperationId('trial', 0, number);
    return (await fetch(`http://127.0.0.1:${port}/v1/orders/${id}`)).status;
  };
  return { service, send, read, statePath };
}

const held = (path: string) => readHeld([{ store: 'file', path, gone: true }])?.operations.count;

describe('an order that was answered, when the service is killed', () => {
  it.each([
    ['file', 200],
    ['memory', 404],
  ] as const)('with store: %s is read as %i', async (store, status) => {
    const { service, send, read } = await start(store);
    expect((await send(1)).status).toBe(201);
    await service.restart();
    expect(await read(1)).toBe(status);
    expect((await send(1)).status).toBe(201); // asked again, with its key
  });
});

it('does after its restart what it had accepted, and does it once', async () => {
  const { service, send, statePath, read } = await start('file', { workTimeMs: 400 });
  expect((await send(1, { prefer: 'respond-async' })).status).toBe(202);
  expect(held(statePath)).toBe(0);
  await service.restart();
  expect((await send(1, { prefer: 'respond-async' })).status).toBe(202);
  await expect.poll(() => held(statePath), { timeout: 5_000 }).toBe(1);
  expect(await read(1)).toBe(200);
});

/** The process may write no file any longer than this: as a full disk, and it can be lifted. */
function limitFiles(pid: number, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:unlimited`]);
}

it('refuses what it can’t keep, says why, keeps nothing of it, and goes on when there is room again', async () => {
  const { service, send, statePath } = await start('file');
  expect((await send(1)).status).toBe(201);
  const pid = service.process.pid ?? 0;
  limitFiles(pid, (await stat(`${statePath}-wal`)).size);
  const refused = await send(2, { bytes: 50_000 });
  expect(refused.status).toBe(503);
  expect(JSON.parse(refused.body)).toMatchObject({
    code: 'notKept',
    detail: expect.stringMatching(/can’t keep it: (disk I\/O error|database or disk is full)/),
  });
  expect((await send(3, { bytes: 50_000, prefer: 'respond-async' })).status).toBe(503);
  expect(held(statePath)).toBe(1);
  limitFiles(pid, 'unlimited');
  expect((await send(2, { bytes: 50_000 })).status).toBe(201);
  services.splice(0);
  const words = await service.stop();
  expect(words?.storeFailures).toMatchObject({ requests: 2, why: expect.stringMatching(/disk/) });
  expect(held(statePath)).toBe(2);
});

it('does not start without a file that it can write', async () => {
  const statePath = join(folder, 'not', 'there');
  await expect(start('file', { statePath })).rejects.toThrow(
    `The rest service could not start: its store ${statePath} can't be used: unable to open database file`,
  );
});
