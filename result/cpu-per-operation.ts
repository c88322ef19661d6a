import type { CpuResult } from './result-types.ts';

/** Of all parts whose CPU is known together, µs; null: of none. */
export function cpuUsPerOperation(cpu: CpuResult): number | null {
  const known = Object.values(cpu).filter((us): us is number => typeof us === 'number');
  return known.length === 0 ? null : known.reduce((sum, us) => sum + us, 0);
}
