/** The CPU account of a trial whose load was made elsewhere, or by other processes of this host. */
import { allUs, type CpuUse } from '../recording/cpu-account.ts';
import type { AgentRecord } from './agent-record.ts';

/** `generator` is what all agents took; what is none of the run's, steal and pressure are those of the worst host. `here`: the boot id of this one. */
export function cpuWithAgents(cpu: CpuUse | null, agents: readonly AgentRecord[], here: string): CpuUse | null {
  if (cpu === null || agents.length === 0) return cpu;
  const uses = agents.map((agent) => agent.cpu);
  const generatorUs = uses.map((use) => use?.usedUs.generator ?? null);
  const hosts = new Set(agents.map(({ host }) => host.bootId));
  const others = [...hosts].map((bootId) => otherWorkOn(bootId, bootId === here ? cpu : null, agents));
  if (!hosts.has(here)) others.push(cpu.otherWork);
  const known = uses.filter((use) => use !== null);
  const worst = (of: (use: CpuUse) => number | null) => maxKnown([cpu, ...known].map(of));
  return {
    ...cpu,
    usedUs: { ...cpu.usedUs, generator: generatorUs.includes(null) ? null : sum(generatorUs) },
    pressure: worst(({ pressure }) => pressure),
    steal: worst(({ steal }) => steal),
    busy: worst(({ busy }) => busy),
    otherWork: others.includes(null) ? null : maxKnown(others),
  };
}

/** Of all cores' time (0–1): each sees the others of its host as foreign work. */
function otherWorkOn(bootId: string, own: CpuUse | null, agents: readonly AgentRecord[]): number | null {
  const there = agents.filter(({ host }) => host.bootId === bootId);
  const uses = [...(own === null ? [] : [own]), ...there.map(({ cpu }) => cpu)];
  const [first] = uses;
  if (first === undefined || first === null || first.otherWork === null) return null;
  const cores = there[0]?.host.cores ?? 1;
  let other = first.otherWork;
  for (const use of uses.slice(1)) {
    if (use === null) return null;
    other -= allUs(use.usedUs) / (use.durationMs * 1e3 * cores);
  }
  return Math.max(0, other);
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

function maxKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
