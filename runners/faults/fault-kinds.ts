/** All kinds of faults. A new one is a file, its test, a scenario schema entry and a line here. */
import type { FaultWindow } from '../../scenarios/scenario.ts';
import { down } from './down.ts';
import type { FaultKind } from './fault-kind.ts';
import { latency } from './latency.ts';

const kinds = { latency, down } as const satisfies {
  [Name in FaultWindow['fault']]: FaultKind<Extract<FaultWindow, { fault: Name }>>;
};

/** The kind of a window, typed so that it can be handed that very window. */
export function faultKind(window: FaultWindow): FaultKind<FaultWindow> {
  return kinds[window.fault] as FaultKind<FaultWindow>;
}
