import { describeBatchedOrders } from '../driver-suite/batched-orders.ts';
import { grpcEntry } from './preset.ts';

const batch = { maxMessages: 32, maxBytes: 768 * 1024, lingerMs: 50 };

describeBatchedOrders('gRPC batches', batch.maxMessages, async () => ({
  entry: grpcEntry,
  target: { name: 'grpc', protocol: 'grpc', engine: 'native', via: 'direct', connections: 2, reflection: false, batch },
  broker: null,
}));

describeBatchedOrders('gRPC batches, compressed', batch.maxMessages, async () => ({
  entry: grpcEntry,
  target: {
    name: 'grpc',
    protocol: 'grpc',
    engine: 'native',
    via: 'direct',
    connections: 2,
    reflection: false,
    batch,
    compression: { codec: 'gzip' },
  },
  broker: null,
}));
