import { quantity } from '../schema/fields.ts';
import { defineFault, unlessWhole, type WindowOf } from './fault-definition.ts';
import { directed } from './on-link.ts';

export const slicer = defineFault({
  name: 'slicer',
  describes: 'What flows comes in small pieces.',
  shape: {
    ...directed,
    size: quantity('size', { least: '1B', most: '1MiB' }).describe('Mean size of a piece.'),
    variation: quantity('size', { most: '1MiB' })
      .prefault('0B')
      .describe('A piece is larger or smaller by up to this.'),
    delay: quantity('duration', { most: '1min' }).prefault('0ms').describe('Between pieces, whole microseconds.'),
  },
  check: ({ size, variation, delay }) => [
    ...unlessWhole('size', size, 'must be whole bytes'),
    ...unlessWhole('variation', variation, 'must be whole bytes'),
    ...unlessWhole('delay', delay * 1e3, 'Toxiproxy counts in whole microseconds here'),
    ...(variation >= size ? [{ key: 'variation', message: 'must be less than the size itself' }] : []),
  ],
  settings: ({ link, direction, size: sizeBytes, variation: variationBytes, delay: delayMs }) => ({
    ...{ link, direction, sizeBytes, variationBytes, delayMs },
  }),
});
export type SlicerFault = WindowOf<typeof slicer>;
