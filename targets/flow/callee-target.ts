/** How services dial each other, the leader of a flow its participants, a service of a chain the next ones: each protocol as a target has it that says nothing else. */
import type { FlowCallProtocol } from '../../scenarios/flow-settings.ts';
import type { Target } from '../../scenarios/scenario.ts';
import { loadProtocol } from '../registry.ts';
import type { Callee } from './flow-part-options.ts';
import { calleeOperations } from './step-caller.ts';

const common = { engine: 'native', via: 'direct' } as const;

function plainTarget(name: string, protocol: FlowCallProtocol): Target {
  switch (protocol) {
    case 'rest':
      return { name, protocol, ...common, connections: 16 };
    case 'grpc':
      return { name, protocol, ...common, connections: 1, reflection: false };
    case 'websocket':
      return { name, protocol, ...common, connections: 1 };
    case 'queue':
      return {
        ...{
          name,
          protocol,
          ...common,
          broker: 'rabbitmq',
          durable: true,
          confirms: true,
          prefetch: 100,
          consume: false,
        },
      };
    case 'stream':
      return {
        ...{ name, protocol, ...common, broker: 'kafka', acks: 'all', lingerMs: 0, partitions: 3, producers: 1 },
        ...{ client: 'platformatic', consume: false },
      };
  }
}

/** `names`: of the called service's own queue or topic. */
export async function calleeOf(
  name: string,
  protocol: FlowCallProtocol,
  trialTag: string,
): Promise<Callee & { readonly names: Readonly<Record<string, string>>; readonly servicePath: string }> {
  const target = plainTarget(name, protocol);
  const entry = await loadProtocol(target);
  const tag = `${trialTag}${name.charAt(0)}`;
  const names = entry.resourceNames(tag, target);
  const operations = Object.fromEntries(
    Object.values(calleeOperations).map((operation) => [operation, { pattern: 'request-reply' as const }]),
  );
  const { requests, settings } = entry.preset(target, names, operations);
  return { target: { ...target, ...settings, requests } as Target, tag, names, servicePath: entry.servicePath };
}
