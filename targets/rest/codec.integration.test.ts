import { describeEncodedOrders } from '../driver-suite/encoded-orders.ts';
import { restEntry } from './preset.ts';

for (const codec of ['msgpack', 'protobuf'] as const) {
  describeEncodedOrders(`rest in ${codec}`, async () => ({
    entry: restEntry,
    target: { name: 'rest', protocol: 'rest', engine: 'native', via: 'direct', connections: 16, codec },
    broker: null,
  }));
}

describeEncodedOrders('rest in msgpack, compressed', async () => ({
  entry: restEntry,
  target: {
    ...{ name: 'rest', protocol: 'rest', engine: 'native', via: 'direct', connections: 16 },
    ...{ codec: 'msgpack', compression: { codec: 'gzip' } },
  },
  broker: null,
}));
