/** All protocols. A new one is a folder here, its name in `result/`, its driver in `targets/`, and a line in each registry. */
import type { BrokeredProtocol, Protocol } from '../../result/result-types.ts';
import { grpcFacts } from './grpc/facts.ts';
import type { BrokerFacts, ProtocolFacts } from './protocol-facts.ts';
import { queueFacts } from './queue/facts.ts';
import { restFacts } from './rest/facts.ts';
import { sqsFacts } from './sqs/facts.ts';
import { streamFacts } from './stream/facts.ts';
import { websocketFacts } from './websocket/facts.ts';

type Brokered = ProtocolFacts & { readonly brokers: readonly [BrokerFacts, ...BrokerFacts[]] };
type Unbrokered = ProtocolFacts & { readonly brokers: readonly [] };

/** What is spoken on the wire: one thing for each protocol, or what its brokers speak, the usual one first. */
const wires = {
  rest: [restFacts],
  grpc: [grpcFacts],
  websocket: [websocketFacts],
  queue: [queueFacts, sqsFacts],
  stream: [streamFacts],
} as const satisfies {
  [Name in Protocol]: readonly (Name extends BrokeredProtocol ? Brokered : Unbrokered)[];
};
type WireOf<Name extends Protocol> = (typeof wires)[Name][number];

export type BrokerName = WireOf<BrokeredProtocol>['brokers'][number]['name'];
/** By whose name a wire goes: of brokers that speak the same, the usual one. */
export type WireName<Name extends BrokeredProtocol> = WireOf<Name>['brokers'][0]['name'];

/** A target, or enough of one. Without `broker` the usual one of its protocol is meant. */
export interface Spoken {
  readonly protocol: Protocol;
  readonly broker?: BrokerName | undefined;
}

export function factsOf({ protocol, broker }: Spoken): ProtocolFacts {
  const [usual, ...others]: readonly ProtocolFacts[] = wires[protocol];
  const speaks = ({ brokers }: ProtocolFacts) => brokers.some(({ name }) => name === broker);
  const facts = others.find(speaks) ?? usual;
  if (facts === undefined) throw new Error(`nothing is known of ${protocol}`);
  return facts;
}

/** All that can be started, by name. */
export const brokerFacts = Object.fromEntries(
  (Object.values(wires) as readonly (readonly ProtocolFacts[])[])
    .flat()
    .flatMap(({ brokers }) => brokers.map((broker) => [broker.name, broker])),
) as Readonly<Record<BrokerName, BrokerFacts>>;

/** The one behind a target unless it says otherwise; null: its service answers itself. */
export function usualBroker(protocol: Protocol): BrokerName | null {
  return wires[protocol][0].brokers[0]?.name ?? null;
}

/** The broker behind a target, be it ours or the user's own; of a flow the one between its services. */
export function brokerOf({
  broker,
  flow,
}: Spoken & { readonly flow?: { readonly over: Protocol } | undefined }): BrokerName | null {
  return broker ?? (flow === undefined ? null : usualBroker(flow.over));
}
