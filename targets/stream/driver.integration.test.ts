import type { StreamTarget } from '../../scenarios/scenario.ts';
import { describeDriverContract } from '../driver-contract.ts';
import { sharedTestStack } from '../stack/shared-test-stack.ts';
import { streamEntry } from './preset.ts';

const clients: readonly StreamTarget['client'][] = ['platformatic', 'kafkajs'];

for (const client of clients) {
  describeDriverContract(`Stream (${client})`, async () => {
    const stack = await sharedTestStack({ kafka: true });
    const { directAddress, links } = stack.broker('kafka');
    const proxy = links.client?.proxy ?? '';
    return {
      entry: streamEntry,
      target: {
        name: 'stream',
        protocol: 'stream',
        engine: 'native',
        via: 'toxiproxy',
        broker: 'kafka',
        acks: 'all',
        lingerMs: 0,
        partitions: 3,
        producers: 1,
        client,
        consume: false,
      },
      broker: directAddress,
      address: links.client?.address ?? directAddress,
      outage: {
        begin: () => stack.toxiproxy.setEnabled(proxy, false),
        end: () => stack.toxiproxy.setEnabled(proxy, true),
        losesInFlight: false, // the record is at the broker: its reply waits there
      },
      close: async () => {
        await stack.toxiproxy.setEnabled(proxy, true);
        await stack.down();
      },
    };
  });
}
