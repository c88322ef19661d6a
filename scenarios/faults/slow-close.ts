import { quantity } from '../schema/fields.ts';
import { defineFault, unlessWhole, type WindowOf } from './fault-definition.ts';
import { directed, toxiproxyMilliseconds } from './on-link.ts';

export const slowClose = defineFault({
  name: 'slow_close',
  describes: 'A connection that is closed goes on existing for a while.',
  shape: {
    ...directed,
    delay: quantity('duration', { least: '1ms', most: '10min' }).describe(
      'How much later it closes, whole milliseconds.',
    ),
  },
  check: ({ delay }) => unlessWhole('delay', delay, toxiproxyMilliseconds),
  settings: ({ link, direction, delay: delayMs }) => ({ link, direction, delayMs }),
});
export type SlowCloseFault = WindowOf<typeof slowClose>;
