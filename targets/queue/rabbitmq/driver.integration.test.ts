import { describeDriverContract } from '../../driver-suite/driver-contract.ts';
import { sharedTestStack } from '../../stack/shared-test-stack.ts';
import { rabbitmqEntry } from './preset.ts';

describeDriverContract('Queue', async () => {
  const stack = await sharedTestStack({ rabbitmq: true });
  const { directAddress } = stack.broker('rabbitmq');
  const link = await stack.openLink('client', directAddress);
  return {
    entry: rabbitmqEntry,
    target: {
      name: 'queue',
      protocol: 'queue',
      engine: 'native',
      via: 'toxiproxy',
      broker: 'rabbitmq',
      durable: true,
      confirms: true,
      prefetch: 300,
      consume: false,
    },
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
