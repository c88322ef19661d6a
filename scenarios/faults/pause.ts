import { defineFault, type WindowOf } from './fault-definition.ts';
import { onPart, partSettings, partText } from './on-part.ts';

export const pause = defineFault({
  name: 'pause',
  describes: 'A process stands still (SIGSTOP), and goes on afterwards (SIGCONT).',
  shape: onPart,
  settings: partSettings,
  circumstance: (settings) => `while the ${partText(settings)} was paused`,
});
export type PauseFault = WindowOf<typeof pause>;
