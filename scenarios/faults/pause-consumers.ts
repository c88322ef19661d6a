import { defineFault, type WindowOf } from './fault-definition.ts';
import { ofService, unlessService } from './on-part.ts';

export const pauseConsumers = defineFault({
  name: 'pause-consumers',
  describes: 'The reference service takes no more messages from its broker: they wait there until the window ends.',
  shape: ofService,
  check: unlessService,
  settings: ({ part }) => ({ ...(part && { part }) }),
  circumstance: ({ part = 'service' }) => `while the consumers of the ${part} were paused`,
});
export type PauseConsumersFault = WindowOf<typeof pauseConsumers>;
