import { defineFault, type WindowOf } from './fault-definition.ts';
import { onPart, partSettings } from './on-part.ts';

export const kill = defineFault({
  name: 'kill',
  describes: 'A process is killed (SIGKILL), and started again when the window ends.',
  shape: onPart,
  settings: partSettings,
  endsWhenReady: true,
});
export type KillFault = WindowOf<typeof kill>;
