import { hasBroker, type TrialResult } from './result-types.ts';

/**
 * Of all parts together, µs; null where that of a part is not known: of somebody else's broker, say, or of an own system.
 * There is no proxy with `via: direct`, and no broker where the protocol has none.
 */
export function cpuUsPerOperation({ cpu, protocol }: Pick<TrialResult, 'cpu' | 'protocol'>): number | null {
  const { generatorUsPerOperation, serviceUsPerOperation, brokerUsPerOperation, proxyUsPerOperation } = cpu;
  if (generatorUsPerOperation === null || serviceUsPerOperation === null) return null;
  if (hasBroker(protocol) && brokerUsPerOperation === null) return null;
  return generatorUsPerOperation + serviceUsPerOperation + (brokerUsPerOperation ?? 0) + (proxyUsPerOperation ?? 0);
}
