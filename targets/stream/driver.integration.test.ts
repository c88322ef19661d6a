import type { StreamTarget } from '../../scenarios/scenario.ts';
import { directStream } from '../driver-suite/direct-targets.ts';
import { describeDriverContract } from '../driver-suite/driver-contract.ts';
import { sharedTestStack } from '../stack/shared-test-stack.ts';
import { streamAsyncApi } from './asyncapi.ts';
import { streamEntry } from './preset.ts';

const batch = { maxMessages: 32, maxBytes: 768 * 1024, lingerMs: 5 };
const variants: readonly { name: string; settings: Pick<StreamTarget, 'client' | 'batch' | 'maxInFlight'> }[] = [
  { name: 'platformatic', settings: { client: 'platformatic' } },
  { name: 'kafkajs', settings: { client: 'kafkajs' } },
  { name: 'platformatic, batched', settings: { client: 'platformatic', batch, maxInFlight: 2 } },
];

for (const { name, settings } of variants) {
  describeDriverContract(`Stream (${name})`, async () => {
    const stack = await sharedTestStack({ kafka: true });
    const { directAddress, links } = stack.broker('kafka');
    const proxy = links.client?.proxy ?? '';
    return {
      entry: streamEntry,
      target: { ...directStream, via: 'toxiproxy', partitions: 3, ...settings },
      broker: directAddress,
      document: streamAsyncApi(undefined),
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
