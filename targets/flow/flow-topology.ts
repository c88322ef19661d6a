/** The parts of a flow: the entry, that clients call, and a participant for each step, with who calls whom. */
import { beside } from '../../result/beside.ts';
import { type FlowStep, flowSteps } from '../../result/flow-steps.ts';
import { type FlowSettings, type FlowWorkload, flowEntry } from '../../scenarios/flow-settings.ts';
import { resilienceOf, type Scenario } from '../../scenarios/scenario.ts';
import { servicesOf } from '../../scenarios/target-services.ts';
import { type PartSpec, type Topology, type TopologyInput, topologyOf } from '../topology/topology.ts';
import { calleeOf } from './callee-target.ts';
import type { FlowPartOptions } from './flow-part-options.ts';

/** Of a scenario that says nothing about its flows. */
const plainWorkload: FlowWorkload = { refuse: {}, compensation: { deadlineMs: 10_000 } };

export async function flowTopology(input: TopologyInput, settings: FlowSettings, trialTag: string): Promise<Topology> {
  const { scenario, target } = input;
  const single = topologyOf(input).parts[0] as PartSpec;
  const workload = scenario.workload.flow ?? plainWorkload;
  const callees = await Promise.all(flowSteps.map((step) => calleeOf(step, settings.over, trialTag)));
  const common = {
    ...{ settings, workload, policies: resilienceOf(scenario, target) },
    ...{ events: `wirebench-${trialTag}-events`, payloadBytes: payloadBytesOf(scenario) },
  };
  const calleesByStep = Object.fromEntries(callees.map(({ target, tag }, n) => [flowSteps[n], { target, tag }]));
  const flowOf = (role: FlowPartOptions['role']): FlowPartOptions => {
    const leads = role === flowEntry && settings.style === 'orchestrated';
    return { ...common, role, callees: leads ? (calleesByStep as FlowPartOptions['callees']) : null };
  };
  const { workTimeMs = single.options.workTimeMs } = workload;
  const specs = servicesOf(target).map((service): PartSpec => {
    const role = service.name as FlowPartOptions['role'];
    const options = { ...single.options, workTimeMs, flow: flowOf(role) };
    const callee = callees[flowSteps.indexOf(role as FlowStep)];
    if (callee === undefined) return { ...single, ...service, options };
    const { names, servicePath } = callee;
    const module = settings.style === 'orchestrated' ? servicePath : beside(import.meta.url, 'participant-service');
    return {
      ...{ ...service, module, broker: input.broker },
      options: { ...options, protocol: settings.over, target: callee.target, names },
    };
  });
  // What is called over a broker must be there as well before the entry is.
  return { parts: [...specs.slice(1), ...specs.slice(0, 1)], entry: flowEntry };
}

function payloadBytesOf({ workload }: Scenario): number {
  const flow = Object.values(workload.operations).find(({ pattern }) => pattern === 'flow');
  const payload = flow?.payload === undefined ? undefined : workload.payloads[flow.payload];
  return payload?.sizeBytes ?? payload?.template?.length ?? 0;
}
