/** The services of a chain, each told whom it calls: all speak the protocol of the target. */
import type { Protocol } from '../../result/result-types.ts';
import type { FlowCallProtocol } from '../../scenarios/flow-settings.ts';
import { flowCallProtocols } from '../../scenarios/flow-settings.ts';
import { resilienceOf, type Scenario } from '../../scenarios/scenario.ts';
import { calleeOf } from '../flow/callee-target.ts';
import { type PartSpec, type Topology, type TopologyInput, topologyOf } from '../topology/topology.ts';

export async function chainTopology(input: TopologyInput, trialTag: string): Promise<Topology> {
  const { scenario, target } = input;
  const { parts, entry } = topologyOf(input);
  const protocol = calledBy(target.protocol);
  const names = parts.map(({ name }) => name).filter((name) => name !== entry);
  const callees = await Promise.all(
    names.map(async (name) => [name, await calleeOf(name, protocol, trialTag)] as const),
  );
  const byName = new Map(callees);
  const common = { policies: resilienceOf(scenario, target), payloadBytes: payloadBytesOf(scenario) };
  const chained = parts.map((part): PartSpec => {
    const own = byName.get(part.name);
    const called = part.calls.flatMap((name) => {
      const callee = byName.get(name);
      return callee === undefined ? [] : [[name, { target: callee.target, tag: callee.tag }] as const];
    });
    const chain = { ...common, isEntry: part.name === entry, callees: Object.fromEntries(called) };
    const options = own === undefined ? part.options : { ...part.options, target: own.target, names: own.names };
    return { ...part, options: { ...options, chain } };
  });
  return { parts: chained, entry };
}

function calledBy(protocol: Protocol): FlowCallProtocol {
  const known = flowCallProtocols.find((name) => name === protocol);
  if (known === undefined) throw new Error(`nobody is called by ${protocol} in a chain`);
  return known;
}

/** The largest of what is sent. */
function payloadBytesOf({ workload }: Scenario): number {
  const sizes = Object.values(workload.operations).map(({ payload = '' }) => {
    const spec = workload.payloads[payload];
    return spec?.sizeBytes ?? spec?.template?.length ?? 0;
  });
  return Math.max(0, ...sizes);
}
