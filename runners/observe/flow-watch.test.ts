import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { formatOperationId } from '../../targets/domain/operation-id.ts';
import { FlowWatch } from './flow-watch.ts';

const never = new AbortController().signal;
const trialTag = 'abcd0123';
const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-watch-'));
const server = createServer();
const sockets = new WebSocketServer({ server });

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

function open(name: string, withinMs: number): Promise<FlowWatch> {
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = { by: 'websocket', url, headers: {}, send: [], id: { pointer: '/id' }, withinMs } as const;
  return FlowWatch.open({ settings, trialTag, path: join(folder, name), allowHosts: [] }, never);
}

function tell(producer: number, sequence: number): void {
  const id = formatOperationId(trialTag, producer, sequence);
  for (const socket of sockets.clients) socket.send(JSON.stringify({ id }));
}

it('waits for what is open as long as a flow may take, whatever others are settled', async () => {
  const watch = await open('open', 600);
  watch.follow(0, [0, 1]);
  tell(0, 0);
  tell(0, 7); // acknowledged by nobody
  expect(await watch.drain(never)).toBeGreaterThanOrEqual(600);
  expect(await watch.finish()).toMatchObject({ foreign: 0, unreadable: 0, interruptions: 0, polls: null });
});

it('is done soon after all that was acknowledged is settled', async () => {
  const watch = await open('settled', 60_000);
  watch.follow(3, [5]);
  watch.follow(0, [0]);
  tell(0, 0);
  tell(3, 5);
  expect(await watch.drain(never)).toBeLessThan(30_000);
  await watch.finish();
});

it('ends with the run', async () => {
  const watch = await open('ended', 60_000);
  watch.follow(0, [0]);
  const ended = new AbortController();
  ended.abort();
  expect(await watch.drain(ended.signal)).toBeLessThan(30_000);
  await watch.finish();
  await expect(
    FlowWatch.open(
      {
        settings: {
          by: 'websocket',
          url: 'ws://127.0.0.1:1',
          headers: {},
          send: [],
          id: { pointer: '/id' },
          withinMs: 1,
        },
        trialTag,
        path: join(folder, 'none'),
        allowHosts: [],
      },
      never,
    ),
  ).rejects.toMatchObject({ code: 'cannotConnect' });
});
