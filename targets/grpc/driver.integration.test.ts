import { describeDriverContract } from '../driver-suite/driver-contract.ts';
import { grpcEntry } from './preset.ts';

describeDriverContract('gRPC', async () => ({
  entry: grpcEntry,
  target: { name: 'grpc', protocol: 'grpc', engine: 'native', via: 'direct', connections: 2, reflection: false },
  broker: null,
}));

describeDriverContract('gRPC (streams)', async () => ({
  entry: grpcEntry,
  target: {
    name: 'grpc',
    protocol: 'grpc',
    engine: 'native',
    via: 'direct',
    connections: 2,
    reflection: false,
    calls: 'stream',
  },
  broker: null,
}));

describeDriverContract('gRPC (batched)', async () => ({
  entry: grpcEntry,
  target: {
    name: 'grpc',
    protocol: 'grpc',
    engine: 'native',
    via: 'direct',
    connections: 2,
    reflection: false,
    batch: { maxMessages: 32, maxBytes: 768 * 1024, lingerMs: 5 },
  },
  broker: null,
}));
