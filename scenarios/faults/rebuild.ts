import { defineFault, type WindowOf } from './fault-definition.ts';

export const rebuild = defineFault({
  name: 'rebuild',
  describes:
    'A service whose state is a log is killed (SIGKILL) with all that it holds in memory, and started again when the window ends: it is over once its state is what the log came to when it started. A target without state: log sits the condition out.',
  shape: {},
  settings: () => ({}),
  endsWhenReady: true,
  kills: true,
  circumstance: () => 'when its state was folded anew from its log',
});
export type RebuildFault = WindowOf<typeof rebuild>;
