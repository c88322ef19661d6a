import { describeBatchedOrders } from '../driver-suite/batched-orders.ts';
import { restEntry } from './preset.ts';

const batch = { maxMessages: 32, maxBytes: 768 * 1024, lingerMs: 50 };

describeBatchedOrders('REST batches', batch.maxMessages, async () => ({
  entry: restEntry,
  target: { name: 'rest', protocol: 'rest', engine: 'native', via: 'direct', connections: 16, batch },
  broker: null,
}));

describeBatchedOrders('REST batches, compressed', batch.maxMessages, async () => ({
  entry: restEntry,
  target: {
    name: 'rest',
    protocol: 'rest',
    engine: 'native',
    via: 'direct',
    connections: 16,
    batch,
    compression: { codec: 'gzip' },
  },
  broker: null,
}));
