import { describeDriverContract } from '../driver-contract.ts';
import { websocketEntry } from './preset.ts';

describeDriverContract('WebSocket', async () => ({
  entry: websocketEntry,
  target: { name: 'websocket', protocol: 'websocket', engine: 'native', via: 'direct', connections: 4 },
  broker: null,
}));
