import { defineFault, type WindowOf } from './fault-definition.ts';
import { onLink } from './on-link.ts';

export const down = defineFault({
  name: 'down',
  describes: 'The link is cut: connections break, new ones are refused.',
  shape: onLink,
  circumstance: () => 'while the network refused connections',
  settings: ({ link }) => ({ link }),
});
export type DownFault = WindowOf<typeof down>;
