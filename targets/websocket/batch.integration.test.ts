import { describeBatchedOrders } from '../driver-suite/batched-orders.ts';
import { websocketEntry } from './preset.ts';

const batch = { maxMessages: 32, maxBytes: 768 * 1024, lingerMs: 50 };

describeBatchedOrders('WebSocket batches', batch.maxMessages, async () => ({
  entry: websocketEntry,
  target: { name: 'websocket', protocol: 'websocket', engine: 'native', via: 'direct', connections: 4, batch },
  broker: null,
}));

describeBatchedOrders('WebSocket batches, compressed', batch.maxMessages, async () => ({
  entry: websocketEntry,
  target: {
    name: 'websocket',
    protocol: 'websocket',
    engine: 'native',
    via: 'direct',
    connections: 4,
    batch,
    compression: { codec: 'deflate' },
  },
  broker: null,
}));
