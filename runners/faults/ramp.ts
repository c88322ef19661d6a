/** Faults that grow to their full size instead of being there at once. */
import type { FaultWindow, RampedFault } from '../../scenarios/scenario.ts';

/** The first at the begin of the window, the last, the full size, one step before the ramp's end. */
export const rampSteps = 10;

export function isRamped(window: FaultWindow): window is RampedFault & { readonly rampMs: number } {
  return 'rampMs' in window && window.rampMs !== undefined;
}

/** The window at `share` (0 to 1) of its size; whole milliseconds, since Toxiproxy knows no others. */
export function sizedAt(window: RampedFault, share: number): RampedFault {
  switch (window.fault) {
    case 'latency': {
      const latencyMs = Math.max(1, Math.round(window.latencyMs * share));
      return { ...window, latencyMs, jitterMs: Math.min(latencyMs, Math.round(window.jitterMs * share)) };
    }
    case 'slow-service':
      return { ...window, workTimeMs: window.workTimeMs * share };
    case 'failing-service':
      return { ...window, rejectRatio: window.rejectRatio * share };
  }
}
