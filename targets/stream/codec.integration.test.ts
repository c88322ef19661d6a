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
        ...{ name: 'stream', protocol: 'stream', engine: 'native', via: 'direct', broker: 'kafka', acks: 'all' },
        ...{ lingerMs: 0, partitions: 3, producers: 1, client: clients[codec], consume: false, codec },
        ...(codec === 'msgpack' && { compression: { codec: 'zstd' } }),
      },
      broker: stack.broker('kafka').directAddress,
      close: () => stack.down(),
    };
  });
}
