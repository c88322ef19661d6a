import { quantity } from '../schema/fields.ts';
import { defineFault, unlessWhole, type WindowOf } from './fault-definition.ts';
import { directed, toxiproxyMilliseconds } from './on-link.ts';

export const timeout = defineFault({
  name: 'timeout',
  describes: 'A black hole: connections stay open, nothing passes.',
  shape: {
    ...directed,
    timeout: quantity('duration', { most: '10min' })
      .prefault('0ms')
      .describe('Close the connection after so long, whole milliseconds; 0ms: not while the fault is in force.'),
  },
  check: (window) => unlessWhole('timeout', window.timeout, toxiproxyMilliseconds),
  circumstance: () => 'while the network swallowed everything',
  settings: ({ link, direction, timeout: timeoutMs }) => ({ link, direction, timeoutMs }),
});
export type TimeoutFault = WindowOf<typeof timeout>;
