/** What a flow costs: CPU of the parts that do it, bytes on their links, messages between them. */
import type { CpuResult, FlowCost, FlowCosts } from '../../result/result-types.ts';
import type { FlowSettings } from '../../scenarios/flow-settings.ts';
import type { LinkBytes } from '../recording/link-bytes.ts';

export interface FlowCostInput {
  readonly flow: FlowSettings;
  readonly cpu: CpuResult;
  /** There is a broker between the parts. */
  readonly hasBroker: boolean;
  /** Of the whole trial; null: not known. */
  readonly links: LinkBytes | null;
  /** By part: calls that it took, or events that it heard, in the whole trial; null: not known. */
  readonly heard: Readonly<Record<string, number>> | null;
  /** Offered, or else begun, in the whole trial. */
  readonly flows: number;
}

/** Every operation of the trial is a flow. */
export function flowCosts({ flow, cpu, hasBroker, links, heard, flows }: FlowCostInput): FlowCosts {
  const parts = { ...cpu.parts, ...(hasBroker && { broker: cpu.brokerUsPerOperation }) };
  const messagesEach = flow.style === 'orchestrated' ? 2 : 1;
  return {
    cpuUs: costOf(parts),
    bytes: costOf(links && eachOf(links, flows, 1)),
    messages: costOf(heard && eachOf(heard, flows, messagesEach)),
  };
}

function eachOf(counts: Readonly<Record<string, number>>, flows: number, times: number): Record<string, number | null> {
  const entries = Object.entries(counts).map(([name, count]) => [
    name,
    flows === 0 ? null : round((count * times) / flows),
  ]);
  return Object.fromEntries(entries);
}

/** One that is not known leaves the sum unknown. */
function costOf(by: Readonly<Record<string, number | null>> | null): FlowCost {
  const all = Object.values(by ?? {});
  const isKnown = all.length > 0 && all.every((one) => one !== null);
  return { total: isKnown ? round(all.reduce<number>((sum, one) => sum + (one ?? 0), 0)) : null, by: by ?? {} };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
