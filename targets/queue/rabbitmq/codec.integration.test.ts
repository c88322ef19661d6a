import { describeEncodedOrders } from '../../driver-suite/encoded-orders.ts';
import { sharedTestStack } from '../../stack/shared-test-stack.ts';
import { rabbitmqEntry } from './preset.ts';

for (const codec of ['json', 'msgpack', 'protobuf'] as const) {
  describeEncodedOrders(`queue in ${codec}`, async () => {
    const stack = await sharedTestStack({ rabbitmq: true });
    return {
      entry: rabbitmqEntry,
      target: {
        ...{ name: 'queue', protocol: 'queue', engine: 'native', via: 'direct', broker: 'rabbitmq', durable: true },
        ...{ confirms: true, prefetch: 100, consume: false, codec },
        ...(codec === 'msgpack' && { compression: { codec: 'gzip' } }),
      },
      broker: stack.broker('rabbitmq').directAddress,
      close: () => stack.down(),
    };
  });
}
