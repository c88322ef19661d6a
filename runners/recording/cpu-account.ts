/** CPU of the process trees of a trial and the machine's own pressure while it ran. Linux; elsewhere nothing is known. */
import { readFileSync } from 'node:fs';
import type { SupervisedProcess } from '../../targets/process/supervised-process.ts';

/** `rest`: parts of the stack that run but that the trial does not use. */
export const cpuParts = ['generator', 'service', 'broker', 'proxy', 'subscribers', 'rest'] as const;
export type CpuPart = (typeof cpuParts)[number];
/** A part without processes is absent. */
export type PartProcesses = Readonly<Partial<Record<Exclude<CpuPart, 'generator'>, readonly SupervisedProcess[]>>>;

export interface CpuSample {
  readonly atMs: number;
  readonly usedUs: Readonly<Record<CpuPart, number | null>>;
  /** Of `service`: each by name. */
  readonly servicesUs: Readonly<Record<string, number | null>>;
  /** Of the broker; null: not known. */
  readonly brokerWrittenBytes?: number | null;
  /** Time in which some task waited for a CPU. */
  readonly pressureUs: number | null;
  readonly stealMs: number | null;
  readonly busyMs: number | null;
  /** Of it, in tasks: what interrupts take belongs to no process. */
  readonly tasksMs: number | null;
}

const clockTickMs = 10; // USER_HZ is 100 on every Linux that Node runs on

/** `services`: those of `processes.service`, by name. */
export function sampleCpu(
  processes: PartProcesses,
  services: Readonly<Record<string, SupervisedProcess>> = {},
): CpuSample {
  const own = process.cpuUsage();
  const used = (part: Exclude<CpuPart, 'generator'>): number | null => {
    const all = processes[part];
    if (all === undefined || all.length === 0) return null;
    let sumUs = 0;
    for (const one of all) {
      const us = one.cpuUs();
      if (us === null) return null;
      sumUs += us;
    }
    return sumUs;
  };
  return {
    atMs: performance.now(),
    usedUs: {
      generator: own.user + own.system,
      service: used('service'),
      broker: used('broker'),
      proxy: used('proxy'),
      subscribers: used('subscribers'),
      rest: used('rest'),
    },
    servicesUs: Object.fromEntries(Object.entries(services).map(([name, one]) => [name, one.cpuUs()])),
    brokerWrittenBytes: writtenBytes(processes.broker),
    pressureUs: readPressureUs(),
    ...readMachine(),
  };
}

export interface CpuUse {
  readonly durationMs: number;
  readonly usedUs: Readonly<Record<CpuPart, number | null>>;
  readonly servicesUs: CpuSample['servicesUs'];
  /** Absent or null: not known. */
  readonly brokerWrittenBytes?: number | null;
  /** Taken off `usedUs`; absent or null: not known. */
  readonly brokerIdleUsPerSecond?: number | null;
  /** 0–1 of the time; null: not known. */
  readonly pressure: number | null;
  /** 0–1 of all cores' time. */
  readonly steal: number | null;
  /** 0–1 of all cores' time. */
  readonly busy: number | null;
  /** 0–1 of all cores' time: tasks that are none of the parts. */
  readonly otherWork: number | null;
}

/** What was used between two samples, less an idle baseline in µs a second. */
export function cpuUse(from: CpuSample, to: CpuSample, cores: number, idleUsPerSecond?: CpuUse['usedUs']): CpuUse {
  const durationMs = to.atMs - from.atMs;
  const difference = (a: number | null, b: number | null) => (a === null || b === null ? null : b - a);
  const less = (part: CpuPart) => {
    const used = difference(from.usedUs[part], to.usedUs[part]);
    const idle = ((idleUsPerSecond?.[part] ?? 0) * durationMs) / 1e3;
    return used === null ? null : Math.max(0, used - idle);
  };
  const tasksMs = difference(from.tasksMs, to.tasksMs);
  const ownMs = (allUs(to.usedUs) - allUs(from.usedUs)) / 1e3;
  const otherMs = tasksMs === null ? null : Math.max(0, tasksMs - ownMs);
  const share = (value: number | null, of: number) => (value === null ? null : value / of);
  return {
    durationMs,
    usedUs: {
      generator: less('generator'),
      service: less('service'),
      broker: less('broker'),
      proxy: less('proxy'),
      subscribers: less('subscribers'),
      rest: less('rest'),
    },
    servicesUs: Object.fromEntries(
      Object.entries(to.servicesUs).map(([name, us]) => [name, difference(from.servicesUs[name] ?? null, us)]),
    ),
    brokerWrittenBytes: grown(from.brokerWrittenBytes ?? null, to.brokerWrittenBytes ?? null),
    brokerIdleUsPerSecond: idleUsPerSecond?.broker ?? null,
    pressure: share(difference(from.pressureUs, to.pressureUs), durationMs * 1e3),
    steal: share(difference(from.stealMs, to.stealMs), durationMs * cores),
    busy: share(difference(from.busyMs, to.busyMs), durationMs * cores),
    otherWork: share(otherMs, durationMs * cores),
  };
}

function writtenBytes(processes: PartProcesses['broker']): number | null {
  const each = (processes ?? []).map((one) => one.writtenBytes());
  return each.length === 0 || each.includes(null) ? null : each.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
}

/** A process that was started anew counts from nothing. */
function grown(from: number | null, to: number | null): number | null {
  return from === null || to === null || to < from ? null : to - from;
}

/** Of all parts together; a part that is not known counts as nothing. */
export function allUs(used: CpuSample['usedUs']): number {
  return cpuParts.reduce((sum, part) => sum + (used[part] ?? 0), 0);
}

function readPressureUs(): number | null {
  const text = readOptional('/proc/pressure/cpu');
  const total = /^some .*total=(\d+)/m.exec(text)?.[1];
  return total === undefined ? null : Number(total);
}

function readMachine(): Pick<CpuSample, 'stealMs' | 'busyMs' | 'tasksMs'> {
  // cpu user nice system idle iowait irq softirq steal …, in clock ticks
  const fields = /^cpu +(.+)$/m.exec(readOptional('/proc/stat'))?.[1]?.split(' ').map(Number);
  if (fields === undefined) return { stealMs: null, busyMs: null, tasksMs: null };
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields;
  const tasksMs = (user + nice + system) * clockTickMs;
  return { stealMs: steal * clockTickMs, busyMs: tasksMs + (irq + softirq) * clockTickMs, tasksMs };
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
