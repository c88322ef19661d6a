import { defineFault, type WindowOf } from './fault-definition.ts';
import { aMember, unlessService } from './on-part.ts';

export const join = defineFault({
  name: 'join',
  describes:
    'An instance of our service is no member of its consumer group until the window begins: it joins then, and leaves when the window ends.',
  shape: aMember,
  check: unlessService,
  settings: ({ part }) => ({ part }),
  circumstance: ({ part }) => `while ${part} was one more member of its group`,
});
export type JoinFault = WindowOf<typeof join>;
