/**
 * The orders over WebSockets: JSON messages in both directions, as many under way as the client likes, each answered by
 * one that repeats its id. `{"id","action","order","key","payload","handOver"}` → `{"id","code","order"|"orders"}`.
 */
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { WebSocketTarget } from '../../scenarios/scenario.ts';
import { hostService } from '../domain/host-service.ts';
import {
  type OrderAction,
  type OrderDomain,
  type OrderReply,
  type OrderRequest,
  orderActions,
} from '../domain/order-domain.ts';
import { MessagePacking } from './message-packing.ts';
import { deflateOptions } from './ws-packing.ts';

/** The largest payload and the JSON around it. */
const largestMessageBytes = 17 * 1024 * 1024;
const closeGraceMs = 200;
const goingAway = 1001;
const invalid: OrderReply = { code: 'invalid', order: null };

hostService(async (domain, { port, target }) => {
  const packing = MessagePacking.of((target as WebSocketTarget).compression);
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port,
    maxPayload: largestMessageBytes,
    perMessageDeflate: packing === null ? false : deflateOptions(packing),
  });
  server.on('connection', (socket) => {
    socket.on('error', () => undefined); // a peer that breaks the protocol ends its own connection, no more
    socket.on('message', (data) => answer(domain, socket, data));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  return { close: () => close(server) };
});

function answer(domain: OrderDomain, socket: WebSocket, data: RawData): void {
  const fields = parse(data);
  const id = typeof fields?.id === 'string' ? fields.id : null;
  const request = fields === null ? null : orderRequestFrom(fields);
  if (request === null) send(socket, id, invalid);
  else if (fields?.handOver === true) send(socket, id, domain.accept(request));
  else domain.handle(request, (reply) => send(socket, id, reply));
}

/** null for anything but a JSON object. */
function parse(data: RawData): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(data.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** null for an unknown action or a field that is no text. */
function orderRequestFrom(fields: Readonly<Record<string, unknown>>): OrderRequest | null {
  const { id, action, order = '', key = '', payload = '' } = fields;
  if (typeof id !== 'string' || typeof order !== 'string' || typeof key !== 'string' || typeof payload !== 'string') {
    return null;
  }
  if (!orderActions.includes(action as OrderAction)) return null;
  return { action: action as OrderAction, requestId: id, orderId: order, key, payload };
}

function send(socket: WebSocket, id: string | null, { code, order, orders }: OrderReply): void {
  if (socket.readyState !== socket.OPEN) return;
  socket.send(JSON.stringify(orders === undefined ? { id, code, order } : { id, code, orders }));
}

function close(server: WebSocketServer): Promise<void> {
  return new Promise((resolve) => {
    for (const socket of server.clients) socket.close(goingAway);
    const timer = setTimeout(() => {
      for (const socket of server.clients) socket.terminate();
    }, closeGraceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
