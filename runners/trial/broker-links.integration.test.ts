/** The links to the brokers of a user's own Kafka: those there at first, and one of a broker that joins during a fault. */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { factsOf } from '../../scenarios/protocols/registry.ts';
import { allowDial, dialFreely } from '../../targets/allow-dial.ts';
import { RawServer } from '../../targets/driver-suite/raw-server.ts';
import { type SharedTestStack, sharedTestStack } from '../../targets/stack/shared-test-stack.ts';
import { FaultTimeline } from '../faults/fault-timeline.ts';
import { openBrokerLinks } from './broker-links.ts';

let stack: SharedTestStack;
let server: RawServer;
let joining: RawServer;

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: false, kafka: false });
  server = await RawServer.listen((socket) => socket.pipe(socket));
  joining = await RawServer.listen((socket) => socket.pipe(socket));
});
afterAll(async () => {
  dialFreely();
  await Promise.all([server.close(), joining.close()]);
  await stack.down();
});

it('a broker that joins during a fault feels it, until the fault is over', async () => {
  const { port } = server;
  const links = await openBrokerLinks(stack, [`127.0.0.1:${port}`], []);
  await links.addressOf(`localhost:${port}`);
  const [, second] = [links.client, ...(links.client.others ?? [])];
  const window = { atMs: 0, forMs: 800, link: 'client', direction: 'down', fault: 'latency' } as const;
  const timeline = await FaultTimeline.prepare({
    facts: factsOf({ protocol: 'stream' }),
    windows: [{ ...window, latencyMs: 20, jitterMs: 0 }],
    links: { client: links.client },
    toxiproxy: stack.toxiproxy,
    parts: {},
    usual: { workTimeMs: 0, rejectRatio: 0 },
  });
  const played = timeline.play(monotonicNowUs(), new AbortController().signal);
  while ((await stack.toxiproxy.listToxics(second?.proxy ?? '')).length === 0) await sleep(10);
  const joined = await links.addressOf(joining.address);
  const third = links.client.others?.find(({ address }) => address === joined);
  expect(await stack.toxiproxy.listToxics(third?.proxy ?? '')).toEqual(['wb-0-latency-client-downstream']);
  await played;
  expect(timeline.results()).toHaveLength(2); // of those that were there
  for (const link of [links.client, ...(links.client.others ?? [])]) {
    expect(await stack.toxiproxy.listToxics(link.proxy)).toEqual([]);
  }
});

it('there is one link a broker, however often it is asked for; of several servers one must be known', async () => {
  allowDial([]);
  const { port } = server;
  const links = await openBrokerLinks(stack, ['no-such-host.invalid:9092', `127.0.0.1:${port}`], []);
  const [one, other] = await Promise.all([links.addressOf(`localhost:${port}`), links.addressOf(`localhost:${port}`)]);
  expect(one).toBe(other);
  expect(await links.addressOf(`127.0.0.1:${port}`)).toBe(links.client.address);
  expect(links.client.others).toHaveLength(1);
});

it('a broker that advertises a host which is not allowed gets none', async () => {
  allowDial([]);
  const links = await openBrokerLinks(stack, [`127.0.0.1:${server.port}`], []);
  await expect(links.addressOf('192.0.2.200:9092')).rejects.toMatchObject({ code: 'foreignHost', exitCode: 2 });
});
