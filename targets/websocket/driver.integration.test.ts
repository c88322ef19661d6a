import { describeDriverContract } from '../driver-suite/driver-contract.ts';
import { websocketAsyncApi } from './asyncapi.ts';
import { websocketEntry } from './preset.ts';

describeDriverContract('WebSocket', async () => ({
  entry: websocketEntry,
  target: { name: 'websocket', protocol: 'websocket', engine: 'native', via: 'direct', connections: 4 },
  broker: null,
  document: websocketAsyncApi(),
}));

describeDriverContract('WebSocket (batched)', async () => ({
  entry: websocketEntry,
  target: {
    name: 'websocket',
    protocol: 'websocket',
    engine: 'native',
    via: 'direct',
    connections: 4,
    batch: { maxMessages: 32, maxBytes: 768 * 1024, lingerMs: 5 },
  },
  broker: null,
}));
