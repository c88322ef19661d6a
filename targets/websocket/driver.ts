/** WebSocket over framing of our own. */
import type { WebSocketTarget } from '../../scenarios/scenario.ts';
import type { Driver, DriverContext } from '../driver.ts';
import { createReadBuffer, endpointOf } from '../driver-kit/client-socket.ts';
import { openedSession } from '../driver-kit/opened-session.ts';
import { handshakeHeaders } from '../driver-kit/trace-context.ts';
import { CallerSession } from './caller-session.ts';
import type { WebSocketOwner } from './message-connection.ts';
import { MessagePacking } from './message-packing.ts';
import { SingleUseSession } from './single-use-session.ts';
import { FrameMemoryPool, WebSocketConnection } from './web-socket-connection.ts';
import { WebSocketSession } from './web-socket-session.ts';

export const websocketDriver: Driver = {
  protocol: 'websocket',
  /** Rejects with a BenchError of exit 2 too, for a message whose answer could not be told from others. */
  async open(context, signal) {
    signal.throwIfAborted();
    const endpoint = endpointOf(context.address, context.target.address, context.target.tls);
    const readBuffer = createReadBuffer();
    const pool = new FrameMemoryPool();
    const packing = MessagePacking.of((context.target as WebSocketTarget).compression);
    /** `its`: of one caller, perhaps. */
    const connectFor = (its: DriverContext) => (index: number, owner: WebSocketOwner<WebSocketConnection>) => {
      const target = its.target as WebSocketTarget;
      const headers = handshakeHeaders(target, `${its.trialTag}-${its.worker}-${index}`);
      const wishes = { headers, subprotocols: target.subprotocol };
      return new WebSocketConnection({ index, endpoint, readBuffer, pool, packing, wishes, owner });
    };
    const kept = (its: DriverContext) =>
      new WebSocketSession<WebSocketConnection>(its, packing?.counter ?? null, connectFor(its));
    const single = (its: DriverContext) => new SingleUseSession<WebSocketConnection>(its, connectFor(its));
    const hasCallers = context.operations.some(({ caller }) => caller !== undefined);
    return openedSession(hasCallers ? new CallerSession(context, { kept, single }) : kept(context), signal);
  },
};
