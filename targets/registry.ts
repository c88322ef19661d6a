/**
 * All protocols, with brokers behind them one entry for each wire that these speak. A new one is a folder and a line here.
 * Loaded on demand, so a run pays only for what it uses.
 */
import type { BrokeredProtocol, Protocol } from '../result/result-types.ts';
import { factsOf, type Spoken, type WireName } from '../scenarios/protocols/registry.ts';
import type { ProtocolEntry } from './driver.ts';

type Loader = () => Promise<ProtocolEntry>;

const loaders = {
  rest: async () => (await import('./rest/preset.ts')).restEntry,
  grpc: async () => (await import('./grpc/preset.ts')).grpcEntry,
  websocket: async () => (await import('./websocket/preset.ts')).websocketEntry,
  queue: {
    rabbitmq: async () => (await import('./queue/rabbitmq/preset.ts')).rabbitmqEntry,
    sqs: async () => (await import('./queue/sqs/preset.ts')).sqsEntry,
  },
  stream: { kafka: async () => (await import('./stream/preset.ts')).streamEntry },
} as const satisfies {
  [Name in Protocol]: Name extends BrokeredProtocol ? Readonly<Record<WireName<Name>, Loader>> : Loader;
};

export function loadProtocol(target: Spoken): Promise<ProtocolEntry> {
  const found: Loader | Readonly<Record<string, Loader>> = loaders[target.protocol];
  if (typeof found === 'function') return found();
  const load = found[factsOf(target).brokers[0]?.name ?? ''];
  if (load === undefined) throw new Error(`${target.protocol} has no driver for ${target.broker}`);
  return load();
}
