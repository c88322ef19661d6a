/** Faults that grow to their full size instead of being there at once. */
import type { FaultWindow } from '../../scenarios/scenario.ts';

/** The first at the begin of the window, the last, the full size, one step before the ramp's end. */
export const rampSteps = 10;

export function isRamped<Window extends FaultWindow>(window: Window): window is Window & { readonly rampMs: number } {
  return window.rampMs !== undefined;
}
