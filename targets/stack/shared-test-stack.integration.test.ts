import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeKafka } from './kafka/node.ts';
import { probeRabbitmq } from './rabbitmq/probe.ts';
import { type SharedTestStack, sharedTestStack } from './shared-test-stack.ts';

describe('sharedTestStack', () => {
  let stack: SharedTestStack;
  let server: Server;
  beforeAll(async () => {
    stack = await sharedTestStack({ rabbitmq: true, kafka: true });
    server = createServer((socket) => socket.pipe(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await stack?.down();
    server?.close();
  });

  it('has both brokers, straight and through a proxy', async () => {
    for (const address of [
      stack.broker('rabbitmq').directAddress,
      stack.broker('rabbitmq').links.client?.address ?? '',
    ])
      expect(await probeRabbitmq(address)).toMatch(/^\d+\.\d+/);
    for (const address of [stack.broker('kafka').directAddress, stack.broker('kafka').links.client?.address ?? ''])
      await probeKafka(address);
  });

  it('gives everybody the same parts', async () => {
    const again = await sharedTestStack({ rabbitmq: true });
    expect(again.broker('rabbitmq').directAddress).toBe(stack.broker('rabbitmq').directAddress);
    expect(again.toxiproxy.apiUrl).toBe(stack.toxiproxy.apiUrl);
    expect(() => again.broker('kafka')).toThrow(/kafka/);
  });
});
