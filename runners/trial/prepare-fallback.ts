/** The second transport of a target: what its service is told, and what it is sent, under the same names as the first. */
import { ownValue } from '../../result/own-value.ts';
import { brokerOf } from '../../scenarios/protocols/registry.ts';
import { type Request, resilienceOf, type Scenario, type Target } from '../../scenarios/scenario.ts';
import { fallbackPart } from '../../scenarios/target-services.ts';
import { loadProtocol } from '../../targets/registry.ts';
import { moduleOf, type PartSpec } from '../../targets/topology/topology.ts';
import type { PlannedOperation } from '../load/worker-messages.ts';

export interface PreparedFallback {
  /** With the requests of the preset filled in. */
  readonly target: Target;
  readonly names: Readonly<Record<string, string>>;
  readonly operations: readonly PlannedOperation[];
  /** Absolute path of its service's entry module. */
  readonly servicePath: string;
}

/** null: the target has none. */
export async function prepareFallback(
  scenario: Scenario,
  target: Target,
  { operations, trialTag }: { readonly operations: readonly PlannedOperation[]; readonly trialTag: string },
): Promise<PreparedFallback | null> {
  const { fallback } = resilienceOf(scenario, target);
  const other = fallback?.kind === 'transport' ? scenario.transports?.[fallback.to] : undefined;
  if (other === undefined) return null;
  const entry = await loadProtocol(other);
  const names = entry.resourceNames(`${trialTag}f`, other);
  const { requests, settings } = entry.preset(other, names, scenario.workload.operations);
  return {
    target: { ...other, ...settings, requests } as Target,
    names,
    operations: operations.map((one) => ({ ...one, request: ownValue<Request>(requests, one.name) ?? one.request })),
    servicePath: moduleOf(entry, other),
  };
}

/** Beside the services of the first: told the same, with a state of its own. */
export function fallbackService({ target, names, servicePath }: PreparedFallback, first: PartSpec): PartSpec {
  return {
    ...{ name: fallbackPart, instances: 1, calls: [], module: servicePath, broker: brokerOf(target) },
    options: { ...first.options, protocol: target.protocol, target, names, security: undefined },
  };
}
