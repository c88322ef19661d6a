/** Faults that were not in force when they were to be: the phases are the planned ones, so a shift falls into another phase. */
import type { FaultResult } from '../../result/result-types.ts';
import { endsWhenReady } from '../../scenarios/faults/registry.ts';

/** This long, and this share of the window more, is what setting and removing a fault may take. */
const usualShiftMs = 250;
const usualShiftShare = 0.05;

/** A sentence each. Where a part is started again the phase lasts until the part is ready, so its end may be late. */
export function faultShifts(faults: readonly FaultResult[]): string[] {
  return faults.flatMap(({ fault, plannedAtMs, plannedForMs, appliedAtMs, removedAtMs }) => {
    const usualMs = usualShiftMs + usualShiftShare * plannedForMs;
    const shifted = (what: string, atMs: number | null, plannedMs: number) => {
      const lateMs = atMs === null ? 0 : atMs - plannedMs;
      return Math.abs(lateMs) <= usualMs ? [] : [`${fault} ${what} ${Math.round(lateMs)} ms late`];
    };
    return [
      ...shifted('began', appliedAtMs, plannedAtMs),
      ...(endsWhenReady({ fault }) ? [] : shifted('ended', removedAtMs, plannedAtMs + plannedForMs)),
    ];
  });
}
