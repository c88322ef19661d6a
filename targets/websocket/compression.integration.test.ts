/** permessage-deflate between our service and both clients, with and without context takeover. */
import type { WebSocketTarget } from '../../scenarios/scenario.ts';
import {
  describeCompressedOrders,
  describeLargeOrdersCompressed,
  minBytes,
} from '../driver-suite/compressed-orders.ts';
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
    const name = `WebSocket by ${client} ${contextTakeover ? 'with' : 'without'} context`;
    describeCompressedOrders(name, async () => ({
      entry: websocketEntry,
      target: { ...target, client, compression: { codec: 'deflate', contextTakeover } },
      broker: null,
    }));
    describeLargeOrdersCompressed(`${name}, large messages`, async () => ({
      entry: websocketEntry,
      target: { ...target, client, compression: { codec: 'deflate', contextTakeover, minBytes } },
      broker: null,
    }));
  }
}
