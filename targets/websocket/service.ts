/** The orders behind a WebSocket: JSON messages in both directions, matched by the request's id. */
import { type WebSocket, WebSocketServer } from 'ws';
import { hostService } from '../domain/host-service.ts';
import { type OrderAction, type OrderReply, orderActions } from '../domain/order-domain.ts';

const largestMessageBytes = 24 * 1024 * 1024; // a payload of 16 MiB, escaped and wrapped
const closeGraceMs = 200;

hostService(async (domain, { port }) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port, maxPayload: largestMessageBytes, perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.on('error', () => undefined); // a broken peer ends its own connection only
    socket.on('message', (data) => {
      const message = parse(String(data));
      if (message === null) return send(socket, '', { code: 'invalid', order: null });
      const { id, action, order, key, payload, oneWay } = message;
      const request = { action: action as OrderAction, requestId: id, orderId: order, key, payload };
      if (oneWay) send(socket, id, domain.accept(request));
      else domain.handle(request, (reply) => send(socket, id, reply));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  return {
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of server.clients) socket.close(1001);
        setTimeout(() => {
          for (const socket of server.clients) socket.terminate();
        }, closeGraceMs);
        server.close(() => resolve());
      }),
  };
});

interface OrderMessage {
  readonly id: string;
  readonly action: string;
  readonly order: string;
  readonly key: string;
  readonly payload: string;
  readonly oneWay: boolean;
}

/** null for what is no JSON object with an id and a known action. */
function parse(text: string): OrderMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Record<string, unknown>;
  const field = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '');
  const action = field('action');
  if (field('id') === '' || !(orderActions as readonly string[]).includes(action)) return null;
  return { id: field('id'), action, order: field('order'), key: field('key'), payload: field('payload'), oneWay: fields.oneWay === true };
}

function send(socket: WebSocket, id: string, { code, order, orders }: OrderReply): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ id, code, ...(orders === undefined ? { order } : { orders }) }));
}
