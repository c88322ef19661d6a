/** permessage-deflate between our service and both clients, with and without context takeover. */
import type { WebSocketTarget } from '../../scenarios/scenario.ts';
import { describeCompressedOrders } from '../compressed-orders.ts';
import { websocketEntry } from './preset.ts';

const target: WebSocketTarget = {
  name: 'websocket',
  protocol: 'websocket',
  engine: 'native',
  via: 'direct',
  connections: 3,
};

for (const client of ['own', 'ws'] as const) {
  for (const contextTakeover of [true, false]) {
    describeCompressedOrders(`WebSocket by ${client} ${contextTakeover ? 'with' : 'without'} context`, async () => ({
      entry: websocketEntry,
      target: { ...target, client, compression: { codec: 'deflate', contextTakeover } },
      broker: null,
    }));
  }
}
