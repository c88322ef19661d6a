import { describeDriverContract } from '../driver-suite/driver-contract.ts';
import { openApiOf } from './openapi.ts';
import { restEntry } from './preset.ts';

describeDriverContract('REST', async () => ({
  entry: restEntry,
  target: { name: 'rest', protocol: 'rest', engine: 'native', via: 'direct', connections: 16 },
  broker: null,
  document: openApiOf({ codec: 'json', isGuarded: false }),
}));

describeDriverContract('REST (batched)', async () => ({
  entry: restEntry,
  target: {
    name: 'rest',
    protocol: 'rest',
    engine: 'native',
    via: 'direct',
    connections: 16,
    batch: { maxMessages: 32, maxBytes: 768 * 1024, lingerMs: 5 },
  },
  broker: null,
}));
