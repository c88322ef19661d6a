import { hasBroker, type TrialResult } from './result-types.ts';

/**
 * Of generator, service and broker together, µs; null where that of a part is not known: of somebody else's broker, say, or
 * of an own system. There is no broker where the protocol has none. The proxy is the harness's, and stands apart: what it
 * takes grows with the packets, so that it would decide who is cheapest.
 */
export function cpuUsPerOperation({ cpu, protocol }: Pick<TrialResult, 'cpu' | 'protocol'>): number | null {
  const { generatorUsPerOperation, serviceUsPerOperation, brokerUsPerOperation } = cpu;
  if (generatorUsPerOperation === null || serviceUsPerOperation === null) return null;
  if (hasBroker(protocol) && brokerUsPerOperation === null) return null;
  return generatorUsPerOperation + serviceUsPerOperation + (brokerUsPerOperation ?? 0);
}
