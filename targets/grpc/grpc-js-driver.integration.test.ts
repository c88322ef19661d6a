import { describeDriverContract } from '../driver-suite/driver-contract.ts';
import { grpcEntry } from './preset.ts';

describeDriverContract('gRPC (grpc-js)', async () => ({
  entry: grpcEntry,
  target: {
    name: 'grpc',
    protocol: 'grpc',
    engine: 'native',
    via: 'direct',
    client: 'grpc-js',
    connections: 2,
    reflection: false,
  },
  broker: null,
}));
