/** The services that a trial starts for a target, by name: what faults may name, and what the topology is made of. */
import { flowSteps } from '../result/flow-steps.ts';
import { hasBroker, type Protocol } from '../result/result-types.ts';
import { type ChainSettings, chainLinks } from './chain-settings.ts';
import { type FlowPublish, type FlowSettings, flowEntry } from './flow-settings.ts';

/** The service that is asked where the first was not ok, and the link to it. */
export const fallbackPart = 'fallback';

export interface TargetService {
  readonly name: string;
  /** How many processes: `<name>`, `<name>-2`, … */
  readonly instances: number;
  /** Services that it dials itself, each over a link of its own: `<name>-<called>`. */
  readonly calls: readonly string[];
}

/** What decides it, of a target as in the file or resolved. */
export interface ServedTarget {
  readonly instances?: number | undefined;
  readonly chain?: ChainSettings | undefined;
  readonly flow?:
    | { readonly style: FlowSettings['style']; readonly over: Protocol; readonly publish?: FlowPublish }
    | undefined;
}

/** Of a reference target. The first is the one that the load is meant for. */
export function servicesOf({ instances = 1, flow, chain }: ServedTarget): readonly TargetService[] {
  if (chain !== undefined) return chainLinks(chain).map((link) => ({ ...link, instances: 1 }));
  if (flow === undefined) return [{ name: 'service', instances, calls: [] }];
  // Over a broker nobody dials anybody else.
  const calls = flow.style === 'orchestrated' && !hasBroker(flow.over) ? flowSteps : [];
  return [{ name: flowEntry, instances: 1, calls }, ...flowSteps.map((name) => ({ name, instances: 1, calls: [] }))];
}

export function instanceNames({ name, instances }: Pick<TargetService, 'name' | 'instances'>): string[] {
  return Array.from({ length: instances }, (_, n) => (n === 0 ? name : `${name}-${n + 1}`));
}

export function linkBetween(caller: string, called: string): string {
  return `${caller}-${called}`;
}
