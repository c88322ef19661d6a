import { describeDriverContract } from '../driver-suite/driver-contract.ts';
import { websocketEntry } from './preset.ts';

describeDriverContract('WebSocket (ws)', async () => ({
  entry: websocketEntry,
  target: { name: 'websocket', protocol: 'websocket', engine: 'native', via: 'direct', client: 'ws', connections: 4 },
  broker: null,
}));
