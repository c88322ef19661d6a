/** All faults that a scenario may name. A new one is a file here, its action in the runners, and a line in each registry. */
import type { z } from 'zod';
import { bandwidth } from './bandwidth.ts';
import { down } from './down.ts';
import { failingService } from './failing-service.ts';
import type { FaultTimes, Unsuited, WindowOf } from './fault-definition.ts';
import { join } from './join.ts';
import { kill } from './kill.ts';
import { latency } from './latency.ts';
import { leave } from './leave.ts';
import { limitData } from './limit-data.ts';
import type { Direction } from './on-link.ts';
import { pause } from './pause.ts';
import { pauseConsumers } from './pause-consumers.ts';
import { rebuild } from './rebuild.ts';
import { resetPeer } from './reset-peer.ts';
import { retire } from './retire.ts';
import { slicer } from './slicer.ts';
import { slowClose } from './slow-close.ts';
import { slowService } from './slow-service.ts';
import { slowSubscriber } from './slow-subscriber.ts';
import { timeout } from './timeout.ts';

const definitions = [
  latency,
  down,
  bandwidth,
  slowClose,
  timeout,
  resetPeer,
  slicer,
  limitData,
  pause,
  kill,
  slowService,
  failingService,
  retire,
  pauseConsumers,
  leave,
  join,
  rebuild,
  slowSubscriber,
] as const;
type Definitions = typeof definitions;
type SchemasOf<All extends readonly { readonly schema: unknown }[]> = {
  readonly [Index in keyof All]: All[Index]['schema'];
};

/** In the order of the definitions. */
export const faultSchemas = definitions.map(({ schema }) => schema) as unknown as SchemasOf<Definitions>;

/** A window as the file has it. */
export type FileFault = z.output<Definitions[number]['schema']>;
/** A window as it is played. */
export type FaultWindow = WindowOf<Definitions[number]>;
export type LinkFault = Extract<FaultWindow, { readonly link: unknown }>;
export type DirectedFault = Extract<FaultWindow, { readonly direction: Direction }>;
export type PartFault = Exclude<FaultWindow, LinkFault>;

type WithoutTimes<Window> = Window extends FaultWindow ? Omit<Window, keyof FaultTimes> : never;

/** What a definition does, for windows of which only the fault's name is known. */
interface Fault {
  readonly name: FaultWindow['fault'];
  check?(window: FileFault): Unsuited[];
  settings(window: FileFault): Omit<WithoutTimes<FaultWindow>, 'fault'>;
  circumstance?(window: FaultWindow): string;
  sized?(full: FaultWindow, share: number): Partial<FaultWindow>;
  readonly endsWhenReady?: true;
  readonly kills?: true;
}

const byName: ReadonlyMap<string, Fault> = new Map(
  definitions.map((definition) => [definition.name, definition as unknown as Fault]),
);

function faultNamed(name: FaultWindow['fault']): Fault {
  const fault = byName.get(name);
  if (fault === undefined) throw new Error(`no fault ${name}`);
  return fault;
}

/** Settings that this fault cannot have. */
export function unsuitedSettings(window: FileFault): Unsuited[] {
  return faultNamed(window.fault).check?.(window) ?? [];
}

/** `window` has passed all checks. */
export function settingsOf(window: FileFault): WithoutTimes<FaultWindow> {
  return { fault: window.fault, ...faultNamed(window.fault).settings(window) } as WithoutTimes<FaultWindow>;
}

/** When it acts, as the end of a sentence; null: its condition says more. */
export function circumstanceOf(window: FaultWindow): string | null {
  return faultNamed(window.fault).circumstance?.(window) ?? null;
}

/** The window at `share` (0 to 1) of its size; of a fault that cannot grow, as it is. */
export function sizedAt<Window extends FaultWindow>(window: Window, share: number): Window {
  return { ...window, ...faultNamed(window.fault).sized?.(window, share) };
}

/** Whether its window is over only once the part it hit is ready again. False of a name that no fault has. */
export function endsWhenReady({ fault }: { readonly fault: string }): boolean {
  return byName.get(fault)?.endsWhenReady ?? false;
}

/** Whether the process that it hits ends at once, with all that it holds in memory. */
export function kills(window: FaultWindow): boolean {
  return faultNamed(window.fault).kills ?? false;
}
