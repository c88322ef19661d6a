/** All kinds of faults. A new one is a file, its test, a scenario schema entry and a line here. */
import type { LinkFault, PartFault } from '../../scenarios/scenario.ts';
import { bandwidth } from './bandwidth.ts';
import { down } from './down.ts';
import type { LinkFaultKind, PartFaultKind } from './fault-kind.ts';
import { kill } from './kill.ts';
import { latency } from './latency.ts';
import { limitData } from './limit-data.ts';
import { join, leave } from './membership.ts';
import { pause } from './pause.ts';
import { pauseConsumers } from './pause-consumers.ts';
import { rebuild } from './rebuild.ts';
import { resetPeer } from './reset-peer.ts';
import { failingService, retire, slowService } from './service-behaviour.ts';
import { slicer } from './slicer.ts';
import { slowClose } from './slow-close.ts';
import { slowSubscriber } from './slow-subscriber.ts';
import { timeout } from './timeout.ts';

const linkFaults = {
  latency,
  down,
  bandwidth,
  slow_close: slowClose,
  timeout,
  reset_peer: resetPeer,
  slicer,
  limit_data: limitData,
} as const satisfies { [Name in LinkFault['fault']]: LinkFaultKind<Extract<LinkFault, { fault: Name }>> };

const partFaults = {
  pause,
  kill,
  'slow-service': slowService,
  'failing-service': failingService,
  retire,
  'pause-consumers': pauseConsumers,
  leave,
  join,
  rebuild,
  'slow-subscriber': slowSubscriber,
} as const satisfies { [Name in PartFault['fault']]: PartFaultKind<Extract<PartFault, { fault: Name }>> };

/** The kind of a window, typed so that it can be handed that very window. */
export function linkFaultKind(window: LinkFault): LinkFaultKind<LinkFault> {
  return linkFaults[window.fault] as LinkFaultKind<LinkFault>;
}

export function partFaultKind(window: PartFault): PartFaultKind<PartFault> {
  return partFaults[window.fault] as PartFaultKind<PartFault>;
}
