/** The stretches of a trial, as planned. An operation belongs to the phase of its intended start. */
import type { PhaseName } from '../../result/result-types.ts';
import type { FaultWindow } from '../../scenarios/scenario.ts';

export interface PhaseWindow {
  readonly name: PhaseName;
  /** Microseconds from the start of the load (the start of warm-up). */
  readonly startUs: number;
  /** Infinity for `drain`. */
  readonly endUs: number;
}

/** With faults, `during` lasts from the start of the first window to the end of the last. */
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

/** Phases in which figures count: neither warm-up nor drain. */
export function isMeasured(name: PhaseName): boolean {
  return name !== 'warmup' && name !== 'drain';
}
