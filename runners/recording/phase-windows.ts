/** The stretches of a trial. An operation belongs to the phase of its intended start. */
import type { PhaseName } from '../../result/result-types.ts';
import type { FaultWindow } from '../../scenarios/scenario.ts';

export interface PhaseWindow {
  readonly name: PhaseName;
  /** Microseconds from the start of the load (the start of warm-up). */
  readonly startUs: number;
  /** Infinity for `drain`. */
  readonly endUs: number;
}

/** As planned: with faults, `during` lasts from the start of the first window to the end of the last. */
export function phaseWindows(warmupMs: number, durationMs: number, faults: readonly FaultWindow[]): PhaseWindow[] {
  const warmupUs = warmupMs * 1e3;
  const endUs = warmupUs + durationMs * 1e3;
  const windows: PhaseWindow[] = [{ name: 'warmup', startUs: 0, endUs: warmupUs }];
  if (faults.length === 0) {
    windows.push({ name: 'steady', startUs: warmupUs, endUs });
  } else {
    const from = warmupUs + Math.min(...faults.map((fault) => fault.atMs)) * 1e3;
    const until = Math.min(endUs, warmupUs + Math.max(...faults.map((fault) => fault.atMs + fault.forMs)) * 1e3);
    windows.push({ name: 'before', startUs: warmupUs, endUs: from });
    windows.push({ name: 'during', startUs: from, endUs: until });
    windows.push({ name: 'after', startUs: until, endUs });
  }
  windows.push({ name: 'drain', startUs: endUs, endUs: Number.POSITIVE_INFINITY });
  return windows;
}

/** Index of the window that holds the offset; windows are few, so a scan is fastest. */
export function phaseAt(windows: readonly PhaseWindow[], offsetUs: number): number {
  for (let index = 0; index < windows.length; index++) {
    if (offsetUs < (windows[index] as PhaseWindow).endUs) return index;
  }
  return windows.length - 1;
}

/** The windows with `during` up to `untilUs`, though not beyond the load, and `after` what is left of it. */
export function duringUntil(windows: readonly PhaseWindow[], untilUs: number): PhaseWindow[] {
  const endUs = Math.min(untilUs, windows.find(({ name }) => name === 'after')?.endUs ?? untilUs);
  return windows.map((window) => {
    if (window.name === 'during') return { ...window, endUs };
    return window.name === 'after' ? { ...window, startUs: endUs } : window;
  });
}

/** Phases by offset, while the end of `during` may not be known yet: until it is, there is no `after`. */
export class PhaseLookup {
  #windows: readonly PhaseWindow[];
  /** Milliseconds after the start of the load, 0 while it is not known; null once nothing is left to learn. */
  #duringEndMs: (() => number) | null;

  constructor(windows: readonly PhaseWindow[], duringEndMs: (() => number) | null = null) {
    this.#windows = windows;
    this.#duringEndMs = duringEndMs;
  }

  /** Index of the window. */
  at(offsetUs: number): number {
    const endMs = this.#duringEndMs?.() ?? null;
    if (endMs === null) return phaseAt(this.#windows, offsetUs);
    if (endMs > 0) {
      this.#windows = duringUntil(this.#windows, endMs * 1e3);
      this.#duringEndMs = null;
      return phaseAt(this.#windows, offsetUs);
    }
    const index = phaseAt(this.#windows, offsetUs);
    return this.#windows[index]?.name === 'after' ? index - 1 : index;
  }
}

/** Phases in which figures count: neither warm-up nor drain. */
export function isMeasured(name: PhaseName): boolean {
  return name !== 'warmup' && name !== 'drain';
}

/**
 * The windows as long as they were: the warm-up may end early, and a load that was cut short leaves nothing of what was
 * planned behind `loadedUntilUs`. Rates go by these lengths.
 */
export function asPlayed(
  windows: readonly PhaseWindow[],
  warmupEndUs: number,
  loadedUntilUs: number,
): readonly PhaseWindow[] {
  return windows.map((window) => {
    if (window.name === 'drain') return { ...window, startUs: Math.min(window.startUs, loadedUntilUs) };
    const endUs = Math.min(window.name === 'warmup' ? warmupEndUs : window.endUs, loadedUntilUs);
    return { ...window, startUs: Math.min(window.startUs, endUs), endUs };
  });
}
