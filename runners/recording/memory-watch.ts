/** The highest resident memory of a trial's process trees, looked at about once a second. Linux; elsewhere only our own. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MemoryResult } from '../../result/result-types.ts';
import type { PartProcesses } from './cpu-account.ts';

const everyMs = 1_000;

/** Looks at once, then until `signal` aborts, then a last time. */
export async function watchMemory(processes: PartProcesses, signal: AbortSignal): Promise<MemoryResult> {
  let highest = readMemory(processes);
  while (!signal.aborted) {
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    highest = higherOf(highest, readMemory(processes));
  }
  return highest;
}

function readMemory(processes: PartProcesses): MemoryResult {
  const of = (part: 'service' | 'broker' | 'proxy') => {
    const known = (processes[part] ?? []).flatMap((one) => one.residentBytes() ?? []);
    return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
  };
  return {
    generatorBytes: process.memoryUsage.rss(),
    serviceBytes: of('service'),
    brokerBytes: of('broker'),
    proxyBytes: of('proxy'),
  };
}

/** Of each part. A part that is gone for a while, killed by a fault, keeps what it had. */
function higherOf(a: MemoryResult, b: MemoryResult): MemoryResult {
  const higher = (x: number | null, y: number | null) => (x === null || (y !== null && y > x) ? y : x);
  return {
    generatorBytes: higher(a.generatorBytes, b.generatorBytes),
    serviceBytes: higher(a.serviceBytes, b.serviceBytes),
    brokerBytes: higher(a.brokerBytes, b.brokerBytes),
    proxyBytes: higher(a.proxyBytes, b.proxyBytes),
  };
}
