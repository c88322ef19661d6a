/** All protocols. A new one is a folder here, its name in `result/`, its driver in `targets/`, and a line in each registry. */
import type { BrokeredProtocol, Protocol } from '../../result/result-types.ts';
import { grpcFacts } from './grpc/facts.ts';
import type { ProtocolFacts } from './protocol-facts.ts';
import { queueFacts } from './queue/facts.ts';
import { restFacts } from './rest/facts.ts';
import { streamFacts } from './stream/facts.ts';
import { websocketFacts } from './websocket/facts.ts';

export const protocolFacts = {
  rest: restFacts,
  grpc: grpcFacts,
  websocket: websocketFacts,
  queue: queueFacts,
  stream: streamFacts,
} as const satisfies {
  [Name in Protocol]: ProtocolFacts & {
    brokers: Name extends BrokeredProtocol ? readonly [string, ...string[]] : readonly [];
  };
};

/** Those that may stand behind a protocol. */
export type BrokersOf<Name extends Protocol> = (typeof protocolFacts)[Name]['brokers'][number];
export type BrokerName = BrokersOf<Protocol>;

/** The one behind a target unless it says otherwise; null: its service answers itself. */
export function usualBroker(protocol: Protocol): BrokerName | null {
  return protocolFacts[protocol].brokers[0] ?? null;
}

/** The broker behind a target, be it ours or the user's own. */
export function brokerOf(target: { readonly protocol: Protocol; readonly broker?: BrokerName }): BrokerName | null {
  return target.broker ?? null;
}
