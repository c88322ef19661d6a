/** Who asks whom in a flow, or hears of whom: for those who draw it. */
import { flowSteps, placedWord, stepWords } from '../../result/flow-steps.ts';
import type { FlowShape } from '../../result/result-types.ts';
import { type FlowSettings, flowEntry } from '../../scenarios/flow-settings.ts';
import { type BrokerName, brokerFacts } from '../../scenarios/protocols/registry.ts';

export function flowShapeOf({ style, over }: FlowSettings, broker: BrokerName | null): FlowShape {
  const edges = flowSteps.map((step, at) => {
    const before = flowSteps[at - 1];
    if (style === 'orchestrated') return { from: flowEntry, to: step, what: stepWords[step].does };
    return before === undefined
      ? { from: flowEntry, to: step, what: placedWord }
      : { from: before, to: step, what: stepWords[before].done };
  });
  return { style, over, broker: broker === null ? null : brokerFacts[broker].title, edges };
}
