/** All protocols. A new one is a folder and a line here. Loaded on demand, so a run pays only for what it uses. */
import type { Protocol } from '../result/result-types.ts';
import type { ProtocolEntry } from './driver.ts';

const protocolLoaders = {
  rest: async () => (await import('./rest/preset.ts')).restEntry,
  grpc: async () => (await import('./grpc/preset.ts')).grpcEntry,
  websocket: async () => (await import('./websocket/preset.ts')).websocketEntry,
  queue: async () => (await import('./queue/preset.ts')).queueEntry,
  stream: async () => (await import('./stream/preset.ts')).streamEntry,
} as const satisfies Record<Protocol, () => Promise<ProtocolEntry>>;

export function loadProtocol(protocol: Protocol): Promise<ProtocolEntry> {
  return protocolLoaders[protocol]();
}
