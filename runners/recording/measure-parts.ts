/** CPU, memory and waits of all parts over the measured phases. */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { MemoryResult } from '../../result/result-types.ts';
import type { SupervisedProcess } from '../../targets/process/supervised-process.ts';
import { type CpuUse, cpuUse, type PartProcesses, sampleCpu } from './cpu-account.ts';
import { type PartWaits, watchCpuWaits } from './cpu-waits.ts';
import { watchMemory } from './memory-watch.ts';

/** null: cut short. */
export interface MeasuredParts {
  readonly cpu: CpuUse | null;
  readonly waits: PartWaits | null;
  readonly memory: MemoryResult | null;
}

export interface MeasuredProcesses {
  readonly processes: PartProcesses;
  readonly services: Readonly<Record<string, SupervisedProcess>>;
}

export interface MeasuredTime {
  /** Monotonic µs. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly cores: number;
  readonly idleUsPerSecond: CpuUse['usedUs'] | undefined;
}

/** `services`: those of `processes.service`, by name. */
export async function measureParts(
  { processes, services }: MeasuredProcesses,
  { fromUs, toUs, cores, idleUsPerSecond }: MeasuredTime,
  signal: AbortSignal,
): Promise<MeasuredParts> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  try {
    await sleep(Math.max(0, (fromUs - monotonicNowUs()) / 1e3), undefined, { signal });
    const before = sampleCpu(processes, services);
    const watched = Promise.all([watchMemory(processes, until), watchCpuWaits(processes, until)]);
    await sleep(Math.max(0, (toUs - monotonicNowUs()) / 1e3), undefined, { signal });
    const cpu = cpuUse(before, sampleCpu(processes, services), cores, idleUsPerSecond);
    over.abort();
    const [memory, waits] = await watched;
    return { cpu, waits, memory };
  } catch {
    return { cpu: null, waits: null, memory: null };
  }
}
