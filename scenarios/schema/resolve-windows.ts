/** Fault windows as they are played: repetitions written out, shares of the load and units turned into plain numbers. */
import type { FaultWindow } from '../scenario.ts';
import type { FileWindow } from './check-context.ts';
import { type LoadTime, loadTimeMs } from './fields.ts';

/** Shares such as 33.3% + 66.7% may add up to a hair more than all. */
export const slackMs = 1e-6;

interface Times {
  readonly at: LoadTime;
  readonly for: LoadTime;
  readonly every?: LoadTime | undefined;
}

/** Begins of a window and its repetitions, milliseconds after the end of warm-up: those that end within the load. */
export function windowStartsMs({ at, for: length, every }: Times, durationMs: number): number[] {
  const atMs = loadTimeMs(at, durationMs);
  const everyMs = every === undefined ? 0 : loadTimeMs(every, durationMs);
  const starts = [atMs];
  if (everyMs <= 0) return starts;
  const lastMs = durationMs - loadTimeMs(length, durationMs) + slackMs;
  for (let n = 1; atMs + n * everyMs <= lastMs; n++) starts.push(atMs + n * everyMs);
  return starts;
}

/** `window` has passed all checks. */
export function resolveWindows(window: FileWindow, durationMs: number): FaultWindow[] {
  return windowStartsMs(window, durationMs).map((atMs) => ({
    ...settingsOf(window),
    ...rampOf(window, durationMs),
    ...(window.within !== undefined && { withinMs: loadTimeMs(window.within, durationMs) }),
    atMs,
    forMs: Math.min(loadTimeMs(window.for, durationMs), durationMs - atMs),
  }));
}

function rampOf(window: FileWindow, durationMs: number): { rampMs?: number } {
  if (!('ramp' in window) || window.ramp === undefined) return {};
  return { rampMs: loadTimeMs(window.ramp, durationMs) };
}

type WithoutTimes<Window> = Window extends FaultWindow ? Omit<Window, 'atMs' | 'forMs' | 'rampMs' | 'withinMs'> : never;

function settingsOf(window: FileWindow): WithoutTimes<FaultWindow> {
  switch (window.fault) {
    case 'latency': {
      const { fault, link, direction, latency, jitter } = window;
      return { fault, link, direction, latencyMs: latency, jitterMs: jitter };
    }
    case 'down':
      return { fault: window.fault, link: window.link };
    case 'bandwidth': {
      const { fault, link, direction, rate } = window;
      return { fault, link, direction, bytesPerSecond: rate };
    }
    case 'slow_close': {
      const { fault, link, direction, delay } = window;
      return { fault, link, direction, delayMs: delay };
    }
    case 'timeout':
    case 'reset_peer': {
      const { fault, link, direction, timeout } = window;
      return { fault, link, direction, timeoutMs: timeout };
    }
    case 'slicer': {
      const { fault, link, direction, size, variation, delay } = window;
      return { fault, link, direction, sizeBytes: size, variationBytes: variation, delayMs: delay };
    }
    case 'limit_data': {
      const { fault, link, direction, bytes } = window;
      return { fault, link, direction, bytes };
    }
    case 'pause': {
      const { fault, part, broker } = window;
      return { fault, part, ...(broker && { broker }) };
    }
    case 'kill': {
      const { fault, part, broker } = window;
      return { fault, part, ...(broker && { broker }) };
    }
    case 'slow-service':
      return { fault: window.fault, workTimeMs: window.workTime };
    case 'failing-service':
      return { fault: window.fault, rejectRatio: window.rejectRatio };
  }
}
