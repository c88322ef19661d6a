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
    const { target, trialTag, worker } = context;
    const headersOf = (index: number) => handshakeHeaders(target, `${trialTag}-${worker}-${index}`);
    const packing = MessagePacking.of((context.target as WebSocketTarget).compression);
    return openedSession(
      new WebSocketSession<WsConnection>(
        context,
        packing?.counter ?? null,
        (index, owner) => new WsConnection({ index, endpoint, packing, headers: headersOf(index), owner }),
      ),
      signal,
    );
  },
};
