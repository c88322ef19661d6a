/** All protocols. A new one is a file here, its name in `result/`, its driver in `targets/`, and a line in each registry. */
import type { BrokeredProtocol, Protocol } from '../../result/result-types.ts';
import type { Target } from '../scenario.ts';
import { grpc } from './grpc.ts';
import type { ProtocolFacts } from './protocol-facts.ts';
import { queue } from './queue.ts';
import { rest } from './rest.ts';
import { stream } from './stream.ts';
import { websocket } from './websocket.ts';

export const protocolFacts = { rest, grpc, websocket, queue, stream } as const satisfies {
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
export function brokerOf(target: Pick<Target, 'protocol'> & { readonly broker?: BrokerName }): BrokerName | null {
  return target.broker ?? null;
}
