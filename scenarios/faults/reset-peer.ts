import { quantity } from '../schema/fields.ts';
import { defineFault, unlessWhole, type WindowOf } from './fault-definition.ts';
import { directed, toxiproxyMilliseconds } from './on-link.ts';

export const resetPeer = defineFault({
  name: 'reset_peer',
  describes: 'Connections are reset (TCP RST).',
  shape: {
    ...directed,
    timeout: quantity('duration', { most: '10min' })
      .prefault('0ms')
      .describe('So long after data first passes, whole milliseconds.'),
  },
  check: ({ timeout }) => unlessWhole('timeout', timeout, toxiproxyMilliseconds),
  circumstance: () => 'while connections were reset',
  settings: ({ link, direction, timeout: timeoutMs }) => ({ link, direction, timeoutMs }),
});
export type ResetPeerFault = WindowOf<typeof resetPeer>;
