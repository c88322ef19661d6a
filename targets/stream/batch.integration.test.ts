import { describeBatchedOrders } from '../driver-suite/batched-orders.ts';
import { directStream } from '../driver-suite/direct-targets.ts';
import { sharedTestStack } from '../stack/shared-test-stack.ts';
import { streamEntry } from './preset.ts';

const batch = { maxMessages: 32, maxBytes: 768 * 1024, lingerMs: 200 };

for (const client of ['platformatic', 'kafkajs'] as const) {
  describeBatchedOrders(`Stream batches (${client})`, batch.maxMessages, async () => {
    const stack = await sharedTestStack({ kafka: true });
    return {
      entry: streamEntry,
      target: {
        ...directStream,
        ...{ lingerMs: batch.lingerMs, partitions: 3, client, batch, maxInFlight: 2 },
      },
      broker: stack.broker('kafka').directAddress,
      close: () => stack.down(),
    };
  });
}
