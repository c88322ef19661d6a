import type { QueueTarget } from '../../../scenarios/scenario.ts';
import { describeBatchedOrders } from '../../driver-suite/batched-orders.ts';
import { directQueue } from '../../driver-suite/direct-targets.ts';
import { describeDriverContract } from '../../driver-suite/driver-contract.ts';
import { sharedTestStack } from '../../stack/shared-test-stack.ts';
import { rabbitmqEntry } from './preset.ts';

const batch = { maxMessages: 32, maxBytes: 768 * 1024, lingerMs: 5 };
const target: QueueTarget = { ...directQueue, prefetch: 300 };

describeBatchedOrders('Queue batches', batch.maxMessages, async () => {
  const stack = await sharedTestStack({ rabbitmq: true });
  return {
    entry: rabbitmqEntry,
    target: { ...target, batch: { ...batch, lingerMs: 50 }, ackBatch: { every: 20, lingerMs: 10 } },
    broker: stack.broker('rabbitmq').directAddress,
    close: () => stack.down(),
  };
});

describeDriverContract('Queue (batched, with a window and multiple acknowledgements)', async () => {
  const stack = await sharedTestStack({ rabbitmq: true });
  const { directAddress } = stack.broker('rabbitmq');
  const link = await stack.openLink('client', directAddress);
  return {
    entry: rabbitmqEntry,
    target: { ...target, via: 'toxiproxy', batch, confirmWindow: 100, ackBatch: { every: 20, lingerMs: 5 } },
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
