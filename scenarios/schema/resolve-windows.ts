/** Fault windows as they are played: repetitions written out, shares of the load and units turned into plain numbers. */
import { type FaultWindow, type FileFault, settingsOf } from '../faults/registry.ts';
import { type LoadTime, loadTimeMs } from './fields.ts';

/** Shares such as 33.3% + 66.7% may add up to a hair more than all. */
export const slackMs = 1e-6;

export const atOnce: LoadTime = { ms: 0 };

interface Times {
  /** Left out: an operation decides, at the earliest at once. */
  readonly at?: LoadTime | undefined;
  readonly for: LoadTime;
  readonly every?: LoadTime | undefined;
}

/** Begins of a window and its repetitions, milliseconds after the end of warm-up: those that end within the load. */
export function windowStartsMs({ at, for: length, every }: Times, durationMs: number): number[] {
  const atMs = loadTimeMs(at ?? atOnce, durationMs);
  const everyMs = every === undefined ? 0 : loadTimeMs(every, durationMs);
  const starts = [atMs];
  if (everyMs <= 0) return starts;
  const lastMs = durationMs - loadTimeMs(length, durationMs) + slackMs;
  for (let n = 1; atMs + n * everyMs <= lastMs; n++) starts.push(atMs + n * everyMs);
  return starts;
}

/** `window` has passed all checks. */
export function resolveWindows(window: FileFault, durationMs: number): FaultWindow[] {
  return windowStartsMs(window, durationMs).map((atMs) => ({
    ...settingsOf(window),
    ...rampOf(window, durationMs),
    ...(window.within !== undefined && { withinMs: loadTimeMs(window.within, durationMs) }),
    ...('when' in window && window.when !== undefined && { untilMs: durationMs }),
    atMs,
    forMs: Math.min(loadTimeMs(window.for, durationMs), durationMs - atMs),
  }));
}

function rampOf(window: FileFault, durationMs: number): { rampMs?: number } {
  if (!('ramp' in window) || window.ramp === undefined) return {};
  return { rampMs: loadTimeMs(window.ramp, durationMs) };
}
