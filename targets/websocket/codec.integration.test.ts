import { describeEncodedOrders } from '../driver-suite/encoded-orders.ts';
import { websocketEntry } from './preset.ts';

for (const codec of ['msgpack', 'protobuf'] as const) {
  describeEncodedOrders(`websocket in ${codec}`, async () => ({
    entry: websocketEntry,
    target: { name: 'websocket', protocol: 'websocket', engine: 'native', via: 'direct', connections: 4, codec },
    broker: null,
  }));
}

describeEncodedOrders('websocket in msgpack, compressed', async () => ({
  entry: websocketEntry,
  target: {
    ...{ name: 'websocket', protocol: 'websocket', engine: 'native', via: 'direct', connections: 4 },
    ...{ codec: 'msgpack', compression: { codec: 'deflate' } },
  },
  broker: null,
}));
