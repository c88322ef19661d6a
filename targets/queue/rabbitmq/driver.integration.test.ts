import { directQueue } from '../../driver-suite/direct-targets.ts';
import { describeDriverContract } from '../../driver-suite/driver-contract.ts';
import { sharedTestStack } from '../../stack/shared-test-stack.ts';
import { rabbitmqEntry } from './preset.ts';

describeDriverContract('Queue', async () => {
  const stack = await sharedTestStack({ rabbitmq: true });
  const { directAddress } = stack.broker('rabbitmq');
  const link = await stack.openLink('client', directAddress);
  return {
    entry: rabbitmqEntry,
    target: { ...directQueue, via: 'toxiproxy', prefetch: 300 },
    broker: directAddress,
    address: link.address,
    outage: {
      begin: () => stack.toxiproxy.setEnabled(link.proxy, false),
      end: () => stack.toxiproxy.setEnabled(link.proxy, true),
      losesInFlight: true,
    },
    close: () => stack.down(),
  };
});
