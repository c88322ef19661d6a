/**
 * All protocols, with a broker behind them one entry for each: its wire may be another. A new one is a folder and a line here.
 * Loaded on demand, so a run pays only for what it uses.
 */
import type { BrokeredProtocol, Protocol } from '../result/result-types.ts';
import { type BrokersOf, brokerOf, usualBroker } from '../scenarios/protocols/registry.ts';
import type { Target } from '../scenarios/scenario.ts';
import type { ProtocolEntry } from './driver.ts';

type Loader = () => Promise<ProtocolEntry>;

const loaders = {
  rest: async () => (await import('./rest/preset.ts')).restEntry,
  grpc: async () => (await import('./grpc/preset.ts')).grpcEntry,
  websocket: async () => (await import('./websocket/preset.ts')).websocketEntry,
  queue: { rabbitmq: async () => (await import('./queue/rabbitmq/preset.ts')).rabbitmqEntry },
  stream: { kafka: async () => (await import('./stream/preset.ts')).streamEntry },
} as const satisfies {
  [Name in Protocol]: Name extends BrokeredProtocol ? Readonly<Record<BrokersOf<Name>, Loader>> : Loader;
};

export function loadProtocol(target: Pick<Target, 'protocol'>): Promise<ProtocolEntry> {
  const found: Loader | Readonly<Record<string, Loader>> = loaders[target.protocol];
  if (typeof found === 'function') return found();
  const broker = brokerOf(target) ?? usualBroker(target.protocol) ?? '';
  const load = found[broker];
  if (load === undefined) throw new Error(`${target.protocol} has no driver for ${broker}`);
  return load();
}
