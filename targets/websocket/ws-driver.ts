/** WebSocket by ws, for those who ask about their own client. */
import type { WebSocketTarget } from '../../scenarios/scenario.ts';
import type { Driver } from '../driver.ts';
import { endpointOf } from '../driver-kit/client-socket.ts';
import { openedSession } from '../driver-kit/opened-session.ts';
import { handshakeHeaders } from '../driver-kit/trace-context.ts';
import { MessagePacking } from './message-packing.ts';
import { WebSocketSession } from './web-socket-session.ts';
import { WsConnection } from './ws-connection.ts';

export const wsDriver: Driver = {
  protocol: 'websocket',
  /** Rejects with a BenchError of exit 2 too, for a message whose answer could not be told from others. */
  async open(context, signal) {
    signal.throwIfAborted();
    const endpoint = endpointOf(context.address, context.target.address, context.target.tls);
    const { trialTag, worker } = context;
    const target = context.target as WebSocketTarget;
    const wishesOf = (index: number) => ({
      headers: handshakeHeaders(target, `${trialTag}-${worker}-${index}`),
      subprotocols: target.subprotocol,
    });
    const packing = MessagePacking.of(target.compression);
    return openedSession(
      new WebSocketSession<WsConnection>(
        context,
        packing?.counter ?? null,
        (index, owner) => new WsConnection({ index, endpoint, packing, wishes: wishesOf(index), owner }),
      ),
      signal,
    );
  },
};
