import { defineFault, type WindowOf } from './fault-definition.ts';
import { aMember, unlessService } from './on-part.ts';

export const leave = defineFault({
  name: 'leave',
  describes:
    'An instance of our service finishes with its consumer group, commits and leaves it; when the window ends it joins again. A static member tells nobody: it is expected back.',
  shape: aMember,
  check: unlessService,
  settings: ({ part }) => ({ part }),
  circumstance: ({ part }) => `while ${part} had left its group`,
});
export type LeaveFault = WindowOf<typeof leave>;
