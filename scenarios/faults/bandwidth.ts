import { quantity } from '../schema/fields.ts';
import { defineFault, unlessWhole, type WindowOf } from './fault-definition.ts';
import { directed } from './on-link.ts';

export const bandwidth = defineFault({
  name: 'bandwidth',
  describes: 'Each connection of the link carries no more than this.',
  shape: {
    ...directed,
    rate: quantity('bandwidth', { least: '1kB/s', most: '10000MB/s' }).describe('Whole kB/s, for each connection.'),
  },
  check: ({ rate }) => unlessWhole('rate', rate / 1e3, 'Toxiproxy counts in whole kB/s (1000 bytes a second)'),
  circumstance: () => 'under scarce bandwidth',
  settings: ({ link, direction, rate: bytesPerSecond }) => ({ link, direction, bytesPerSecond }),
});
export type BandwidthFault = WindowOf<typeof bandwidth>;
