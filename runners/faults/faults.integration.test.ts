/** Every kind of fault on real parts: applied, proven, undone. */

import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { factsOf } from '../../scenarios/protocols/registry.ts';
import type { FaultWindow, LinkFault, PartFault } from '../../scenarios/scenario.ts';
import { freePort } from '../../targets/process/free-port.ts';
import { readProcessStat } from '../../targets/process/process-tree.ts';
import { type RunningService, startReferenceService } from '../../targets/process/reference-service.ts';
import { restEntry } from '../../targets/rest/preset.ts';
import { type SharedTestStack, sharedTestStack } from '../../targets/stack/shared-test-stack.ts';
import type { FaultPlaces } from './bind-faults.ts';
import { FaultTimeline } from './fault-timeline.ts';
import { probeLink } from './link-probe.ts';

const forMs = 700;
const usual = { workTimeMs: 0, rejectRatio: 0 };
let stack: SharedTestStack;
let folder = '';
let service: RunningService;
let address = '';

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: false, kafka: false });
  folder = await mkdtemp(join(os.tmpdir(), 'wirebench-faults-'));
  const port = await freePort();
  address = `127.0.0.1:${port}`;
  service = await startReferenceService(
    restEntry.servicePath,
    {
      protocol: 'rest',
      target: { name: 'rest', protocol: 'rest', engine: 'native', via: 'toxiproxy', connections: 1 },
      port,
      broker: null,
      names: {},
      evidencePath: join(folder, 'evidence'),
      population: { readable: 1, cancellable: 0 },
      ...usual,
      seed: 1,
    },
    join(folder, 'service.log'),
  );
});
afterAll(async () => {
  await service?.stop();
  await stack?.down();
  await rm(folder, { recursive: true, force: true });
});

const facts = factsOf({ protocol: 'rest' });
type Places = Pick<FaultPlaces, 'links' | 'parts'>;

/** Plays one window; `meanwhile` begins when the fault is in force. */
async function play(window: FaultWindow, places: Places, signal = new AbortController().signal) {
  const { toxiproxy } = stack;
  const timeline = await FaultTimeline.prepare({ facts, windows: [window], toxiproxy, usual, ...places });
  await timeline.play(monotonicNowUs(), signal);
  const [result] = timeline.results();
  return { problems: timeline.problems(), result, timeline };
}

const at = { atMs: 50, forMs } as const;
const onLink = { ...at, link: 'client', direction: 'down' } as const;

describe('a fault on a link', () => {
  it.concurrent.each<[string, LinkFault, Record<string, unknown>]>([
    ['latency', { ...onLink, fault: 'latency', latencyMs: 120, jitterMs: 0 }, { probes: 3 }],
    [
      'latency both ways',
      { ...onLink, direction: 'both', fault: 'latency', latencyMs: 40, jitterMs: 5 },
      { toxics: 2 },
    ],
    ['down', { ...at, link: 'client', fault: 'down' }, { probe: 'refused' }],
    ['bandwidth', { ...onLink, fault: 'bandwidth', bytesPerSecond: 2_000 }, { roundTripUs: expect.any(Number) }],
    ['slow_close', { ...onLink, fault: 'slow_close', delayMs: 200 }, { openAfterTheAnswerUs: expect.any(Number) }],
    ['timeout', { ...onLink, fault: 'timeout', timeoutMs: 0 }, { probe: 'closed' }], // by the service, unanswered
    ['timeout that ends', { ...onLink, fault: 'timeout', timeoutMs: 50 }, { probe: 'closed' }],
    ['timeout of the requests', { ...onLink, direction: 'up', fault: 'timeout', timeoutMs: 0 }, { probe: 'silent' }],
    ['reset_peer', { ...onLink, fault: 'reset_peer', timeoutMs: 0 }, { probe: 'reset' }],
    ['slicer', { ...onLink, fault: 'slicer', sizeBytes: 20, variationBytes: 4, delayMs: 2 }, { toxics: 1 }],
    ['limit_data', { ...onLink, fault: 'limit_data', bytes: 16 }, { probeBytes: 16, probe: 'closed' }],
  ])('%s is proven, and gone afterwards', async (_name, window, proof) => {
    const link = await stack.openLink('client', address);
    const { problems, result } = await play(window, { links: { client: link }, parts: {} });
    expect(problems).toEqual([]);
    expect(result).toMatchObject({ fault: window.fault, link: 'client', proof });
    expect(result?.removedAtMs).toBeGreaterThanOrEqual((result?.appliedAtMs ?? 0) + forMs / 2);
    expect(await stack.toxiproxy.listToxics(link.proxy)).toEqual([]);
    expect(await probeLink(facts.probe, link.address, 5_000)).toMatchObject({ outcome: 'answered' });
  });

  it('with a ramp grows step by step on the very same connection', async () => {
    const link = await stack.openLink('client', address);
    const window = { ...onLink, fault: 'latency', latencyMs: 200, jitterMs: 0, rampMs: forMs - 100 } as const;
    const over = new AbortController();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const reading = timesOf(link.address, agent, over.signal);
    const { problems, result } = await play(window, { links: { client: link }, parts: {} });
    over.abort();
    const { timesMs, sockets } = await reading;
    agent.destroy();
    expect(problems).toEqual([]);
    expect(result?.settings).toMatchObject({ latencyMs: 200, rampMs: forMs - 100 });
    expect(sockets).toBe(1);
    // The first step is a tenth, the last all of it; in between there are others.
    expect(timesMs.filter((ms) => ms >= 15 && ms < 190).length).toBeGreaterThan(1);
    expect(Math.max(...timesMs)).toBeGreaterThan(190);
  });

  /** One request after another, until it is aborted. */
  async function timesOf(at: string, agent: Agent, signal: AbortSignal) {
    const timesMs: number[] = [];
    const sockets = new Set<unknown>();
    while (!signal.aborted) {
      const begun = performance.now();
      await new Promise<void>((resolve, reject) => {
        const asked = request(`http://${at}/v1/orders/order-r-00000000`, { agent }, (answer) => {
          answer.resume().on('end', resolve);
        });
        asked.on('socket', (socket) => sockets.add(socket)).on('error', reject);
        asked.end();
      });
      timesMs.push(performance.now() - begun);
    }
    return { timesMs, sockets: sockets.size };
  }

  it('that does not act is a problem', async () => {
    const link = await stack.openLink('client', address);
    const nobody = { ...link, address: await nobodyListens() };
    const window = { ...onLink, fault: 'latency', latencyMs: 60, jitterMs: 0 } as const;
    const { problems, result } = await play(window, { links: { client: nobody }, parts: {} });
    expect(problems).toEqual(['latency on the client link: it could not be shown to act']);
    expect(result?.proof).toBeNull();
    expect(await stack.toxiproxy.listToxics(link.proxy)).toEqual([]);
  });
});

async function nobodyListens(): Promise<string> {
  return `127.0.0.1:${await freePort()}`;
}

describe('a fault of a part', () => {
  const part = () => ({
    service: {
      name: 'service',
      process: service.process,
      restart: service.restart,
      adjust: service.adjust,
      arm: service.arm,
    },
  });

  /** Reads until it is aborted; milliseconds each took. */
  async function readOn(signal: AbortSignal): Promise<{ statuses: number[]; slowestMs: number }> {
    const statuses: number[] = [];
    let slowestMs = 0;
    while (!signal.aborted) {
      const begun = performance.now();
      const response = await fetch(`http://${address}/v1/orders/order-r-00000000`).catch(() => null);
      statuses.push(response?.status ?? 0);
      await response?.text();
      slowestMs = Math.max(slowestMs, performance.now() - begun);
      await sleep(5);
    }
    return { statuses, slowestMs };
  }

  async function playUnderLoad(window: PartFault) {
    const over = new AbortController();
    const reading = readOn(over.signal);
    const played = await play(window, { links: {}, parts: part() });
    over.abort();
    return { ...played, ...(await reading) };
  }

  it('pause: the process is stopped, and goes on', async () => {
    const { problems, result, slowestMs, statuses } = await playUnderLoad({ ...at, fault: 'pause', part: 'service' });
    expect(problems).toEqual([]);
    expect(result?.proof).toEqual({ process: 'stopped', pid: service.process.pid });
    expect(slowestMs).toBeGreaterThan(forMs * 0.8);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('kill: the process is gone, and a new one ready', async () => {
    const { pid } = service.process;
    const { problems, result, statuses } = await playUnderLoad({ ...at, fault: 'kill', part: 'service' });
    expect(problems).toEqual([]);
    expect(result?.proof).toMatchObject({ process: 'gone', signal: 'SIGKILL', readyAfterUs: expect.any(Number) });
    expect(result?.removedAtMs).toBeGreaterThan(at.atMs + forMs);
    expect(service.process.pid).not.toBe(pid);
    expect(statuses).toContain(0);
    expect((await fetch(`http://${address}/v1/orders/order-r-00000000`)).status).toBe(200);
  });

  const atOperation = { atMs: 0, forMs: 200, fault: 'kill', part: 'service' } as const;

  it('kill at an operation: gone when that one comes, again and again if asked to', async () => {
    const when = { point: 'applied', nth: 10, again: false } as const;
    const once = await playUnderLoad({ ...atOperation, untilMs: 10_000, when });
    expect(once.problems).toEqual([]);
    expect(once.result?.proof).toMatchObject({ process: 'gone', signal: 'SIGKILL', readyAfterUs: expect.any(Number) });
    expect(once.result?.settings).toEqual({ part: 'service', when: 'after applied', operation: 10 });
    expect(once.statuses.indexOf(0)).toBe(9);
    expect(once.result?.plannedAtMs).toBe(once.result?.appliedAtMs);
    const often = await playUnderLoad({ ...atOperation, untilMs: 3_000, when: { ...when, nth: 3, again: true } });
    expect(often.problems).toEqual([]);
    expect(Number(often.result?.proof?.times)).toBeGreaterThan(1);
    expect(service.process.exit).toBeNull();
  }, 30_000);

  it('kill at an operation that never comes is a problem, and is not in wait any more', async () => {
    const when = { point: 'ack', nth: 1, again: false } as const;
    const { problems, statuses } = await playUnderLoad({ ...atOperation, untilMs: 300, when });
    expect(problems).toEqual(['kill on the service: no operation came to its moment within the load']);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('slow-service and failing-service: as told, then as before', async () => {
    const slow = await playUnderLoad({ ...at, fault: 'slow-service', workTimeMs: 100 });
    expect(slow.problems).toEqual([]);
    expect(slow.slowestMs).toBeGreaterThan(99);
    const failing = await playUnderLoad({ ...at, fault: 'failing-service', rejectRatio: 1 });
    expect(failing.problems).toEqual([]);
    expect(failing.result?.proof).toEqual({ operationsSeen: expect.any(Number) });
    expect(failing.statuses).toContain(503);
    const begun = performance.now();
    expect((await fetch(`http://${address}/v1/orders/order-r-00000000`)).status).toBe(200);
    expect(performance.now() - begun).toBeLessThan(99);
  });

  it('a paused process goes on when the run is interrupted', async () => {
    const interrupt = new AbortController();
    const played = play(
      { ...at, forMs: 60_000, fault: 'pause', part: 'service' },
      { links: {}, parts: part() },
      interrupt.signal,
    );
    await sleep(300);
    expect(readProcessStat(service.process.pid)?.state).toBe('T');
    interrupt.abort();
    await played;
    expect(readProcessStat(service.process.pid)?.state).not.toBe('T');
  });

  it('a part that this run did not start is refused', async () => {
    const window = { ...at, fault: 'pause', part: 'broker' } as const;
    await expect(play(window, { links: {}, parts: part() })).rejects.toMatchObject({
      code: 'faultPartMissing',
      exitCode: 3,
    });
  });
});
