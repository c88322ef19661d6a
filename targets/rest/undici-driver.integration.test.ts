import { describeDriverContract } from '../driver-suite/driver-contract.ts';
import { restEntry } from './preset.ts';

describeDriverContract('REST (undici)', async () => ({
  entry: restEntry,
  target: { name: 'rest', protocol: 'rest', engine: 'native', via: 'direct', connections: 16, client: 'undici' },
  broker: null,
}));
