import { subscribersPart } from '../places.ts';
import { quantity } from '../schema/fields.ts';
import { defineFault, type WindowOf } from './fault-definition.ts';

export const slowSubscriber = defineFault({
  name: 'slow-subscriber',
  describes: 'Some subscribers stop reading their sockets, and go on when the window ends.',
  shape: {
    share: quantity('percentage')
      .refine((share) => share > 0 && share <= 1, { error: 'must be above 0% and at most 100%' })
      .describe('Of the subscribers, one at least.'),
  },
  settings: ({ share }) => ({ share, part: subscribersPart }),
  circumstance: ({ share }) => `while ${Math.round(share * 1e3) / 10} % of the subscribers read nothing`,
});
export type SlowSubscriberFault = WindowOf<typeof slowSubscriber>;
