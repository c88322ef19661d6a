/** What a trial's parts cost in CPU, and how long they waited for it, for each operation. */
import type { CpuResult, TrialResult } from '../../result/result-types.ts';
import type { CpuUse } from './cpu-account.ts';
import type { PartWaits } from './cpu-waits.ts';

export interface CpuRecords {
  readonly cpu: CpuUse | null;
  readonly waits: PartWaits | null;
  /** The broker's CPU belongs to all of it. */
  readonly hasBroker: boolean;
}

/** `operations`: offered in the measured phases. */
export function cpuPerOperation({ cpu, waits, hasBroker }: CpuRecords, operations: number): TrialResult['cpu'] {
  const each = (us: number | null | undefined) =>
    us === null || us === undefined || operations === 0 ? null : Math.round((us / operations) * 10) / 10;
  return {
    generatorUsPerOperation: each(cpu?.usedUs.generator),
    serviceUsPerOperation: each(cpu?.usedUs.service),
    brokerUsPerOperation: each(cpu?.usedUs.broker),
    proxyUsPerOperation: each(cpu?.usedUs.proxy),
    ...(cpu !== null && cpu.usedUs.subscribers !== null && { subscribersUsPerOperation: each(cpu.usedUs.subscribers) }),
    ...(cpu !== null && ofServices(cpu, each)),
    harnessShare: harnessShare(cpu, hasBroker),
    waits: {
      generatorUsPerOperation: each(waits?.generator),
      serviceUsPerOperation: each(waits?.service),
      brokerUsPerOperation: each(waits?.broker),
      proxyUsPerOperation: each(waits?.proxy),
    },
  };
}

/** Of what the parts used together; the idle baseline is left out, as in the figures beside it. */
function harnessShare(cpu: CpuUse | null, hasBroker: boolean): number | null {
  const { generator = null, service = null, broker = null, proxy = null, subscribers = null } = cpu?.usedUs ?? {};
  if (generator === null || service === null || (hasBroker && broker === null)) return null;
  const harnessUs = generator + (proxy ?? 0) + (subscribers ?? 0);
  const allUs = harnessUs + service + (broker ?? 0);
  return allUs === 0 ? null : Math.round((harnessUs / allUs) * 1e3) / 1e3;
}

function ofServices({ servicesUs }: CpuUse, each: (us: number | null) => number | null): Pick<CpuResult, 'parts'> {
  const services = Object.entries(servicesUs);
  if (services.length === 0) return {};
  return { parts: Object.fromEntries(services.map(([name, us]) => [name, each(us)])) };
}
