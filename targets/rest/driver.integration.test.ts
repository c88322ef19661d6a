import { describeDriverContract } from '../driver-contract.ts';
import { restEntry } from './preset.ts';

describeDriverContract('REST', async () => ({
  entry: restEntry,
  target: { name: 'rest', protocol: 'rest', engine: 'native', via: 'direct', connections: 16 },
  broker: null,
}));
