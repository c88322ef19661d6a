import { expect, it } from 'vitest';
import { startStack } from './start-stack.ts';

it('does not take a foreign Kafka for three brokers of our settings', async () => {
  const starting = startStack({
    mode: 'external',
    needs: { toxiproxy: false, brokers: { kafka: 3 } },
    external: { brokers: { kafka: { address: '127.0.0.1:1,127.0.0.1:2,127.0.0.1:3' } } },
    ...{ confirm: async () => false, log: () => undefined, signal: new AbortController().signal },
  });
  await expect(starting).rejects.toMatchObject({
    code: 'clusterElsewhere',
    exitCode: 3,
    hint: expect.stringMatching(/--stack native .* or compose/),
  });
});
