import { directQueue } from '../../driver-suite/direct-targets.ts';
import { describeEncodedOrders } from '../../driver-suite/encoded-orders.ts';
import { sharedTestStack } from '../../stack/shared-test-stack.ts';
import { rabbitmqEntry } from './preset.ts';

for (const codec of ['json', 'msgpack', 'protobuf'] as const) {
  describeEncodedOrders(`queue in ${codec}`, async () => {
    const stack = await sharedTestStack({ rabbitmq: true });
    return {
      entry: rabbitmqEntry,
      target: {
        ...directQueue,
        codec,
        ...(codec === 'msgpack' && { compression: { codec: 'gzip' } }),
      },
      broker: stack.broker('rabbitmq').directAddress,
      close: () => stack.down(),
    };
  });
}
