import { quantity } from '../schema/fields.ts';
import { defineFault, unlessWhole, type WindowOf } from './fault-definition.ts';
import { directed } from './on-link.ts';

export const limitData = defineFault({
  name: 'limit_data',
  describes: 'A connection is closed after it has carried so much.',
  shape: {
    ...directed,
    bytes: quantity('size', { least: '1B', most: '1024MiB' }).describe('For each connection.'),
  },
  check: ({ bytes }) => unlessWhole('bytes', bytes, 'must be whole bytes'),
  settings: ({ link, direction, bytes }) => ({ link, direction, bytes }),
});
export type LimitDataFault = WindowOf<typeof limitData>;
