import { directStream } from '../driver-suite/direct-targets.ts';
import { describeEncodedOrders } from '../driver-suite/encoded-orders.ts';
import { sharedTestStack } from '../stack/shared-test-stack.ts';
import { streamEntry } from './preset.ts';

const clients = { json: 'kafkajs', msgpack: 'platformatic', protobuf: 'platformatic' } as const;

for (const codec of ['json', 'msgpack', 'protobuf'] as const) {
  describeEncodedOrders(`stream in ${codec}`, async () => {
    const stack = await sharedTestStack({ kafka: true });
    return {
      entry: streamEntry,
      target: {
        ...directStream,
        ...{ partitions: 3, client: clients[codec], codec },
        ...(codec === 'msgpack' && { compression: { codec: 'zstd' } }),
      },
      broker: stack.broker('kafka').directAddress,
      close: () => stack.down(),
    };
  });
}
