/**
 * The orders over WebSockets: JSON messages in both directions, as many under way as the client likes, each answered by
 * one that repeats its id. `{"id","action","order","key","payload","handOver","version"}` → `{"id","code","deprecation","sunset","order"|"orders"}`; an array
 * of requests is answered with arrays. `{"subscribe":{"after"}}` → `{"subscribed":{"position"}}`, then
 * `{"event":{"position","id","payload"}}` for each that is published.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type RawData, type VerifyClientCallbackAsync, type WebSocket, WebSocketServer } from 'ws';
import type { ApiVersion } from '../../scenarios/api-versions.ts';
import type { WebSocketTarget } from '../../scenarios/scenario.ts';
import { Notices } from '../domain/deprecation-notice.ts';
import { hostService } from '../domain/host-service.ts';
import { type ItemCodec, itemCodecOf } from '../domain/item-codec.ts';
import { handleItem, invalidReply, type OrderItem, orderItemFrom } from '../domain/order-item.ts';
import { answeredOrders } from '../domain/order-versions.ts';
import type { OrderReply } from '../domain/orders.ts';
import type { ServiceDomain } from '../domain/service-domain.ts';
import { loopback } from '../host-port.ts';
import type { Listener, Publications } from '../publish/publications.ts';
import { type Gatekeeper, gatekeeperOf, headerText } from '../security/gatekeeper.ts';
import { serverTlsOptions } from '../security/server-tls-options.ts';
import { asyncApiPath, websocketAsyncApi } from './asyncapi.ts';
import { MessagePacking } from './message-packing.ts';
import { eventText, isSubscription, subscribedText, subscriptionFrom } from './pushed-events.ts';
import { deflateOptions } from './ws-packing.ts';

/** The largest payload and the JSON around it. */
const largestMessageBytes = 17 * 1024 * 1024;
const closeGraceMs = 200;
const goingAway = 1001;

hostService(async (domain, options, publications) => {
  const { port, host = loopback, target, security, deprecated } = options;
  const notices = new Notices(deprecated);
  const { compression, codec } = target as WebSocketTarget;
  const packing = MessagePacking.of(compression);
  const items = itemCodecOf(codec);
  const listening = security?.tls
    ? createSecureServer(serverTlsOptions(security.tls), askForUpgrade)
    : createServer(askForUpgrade);
  const gatekeeper = await gatekeeperOf(security?.check);
  const server = new WebSocketServer({
    server: listening,
    ...(gatekeeper !== null && { verifyClient: verifierOf(gatekeeper) }),
    maxPayload: largestMessageBytes,
    perMessageDeflate: packing === null ? false : deflateOptions(packing),
  });
  server.on('connection', (socket) => {
    socket.on('error', () => undefined); // a peer that breaks the protocol ends its own connection, no more
    const send = sendOn(socket, packing);
    const answers = new TurnAnswers(send);
    socket.on('message', (data, isBinary) => {
      if (items !== null && isBinary) answerItem(domain, send, items, data as Buffer);
      else if (publications !== null && isSubscription(data)) listen(socket, packing, publications, data);
      else answer({ domain, notices }, send, answers, data);
    });
  });
  await new Promise<void>((resolve, reject) => {
    listening.once('listening', resolve);
    listening.once('error', reject);
    listening.listen(port, host);
  });
  return { close: () => close(server, listening) };
});

/** A client that speaks plain HTTP is told what it needs (RFC 9110 §15.5.22), or what can be asked here. */
function askForUpgrade({ url }: IncomingMessage, response: ServerResponse): void {
  if (url === asyncApiPath) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(websocketAsyncApi()));
    return;
  }
  response.writeHead(426, { connection: 'Upgrade', upgrade: 'websocket' }).end('This port speaks WebSocket.');
}

/** Of a connection, once: what comes on it afterwards is not asked again. */
function verifierOf(gatekeeper: Gatekeeper): VerifyClientCallbackAsync {
  return ({ req }, done) => {
    void gatekeeper((name) => headerText(req.headers[name])).then((refusal) => {
      if (refusal === null) done(true);
      else done(false, 401, `Who asks is not known: ${refusal}.`, { 'www-authenticate': 'Bearer' });
    });
  };
}

/** Text, or the bytes of a binary message. */
type Send = (message: string | Buffer) => void;

function sendOn(socket: WebSocket, packing: MessagePacking | null): Send {
  return (message) => {
    if (socket.readyState === socket.OPEN) socket.send(message, { compress: packing?.packs(message) ?? false });
  };
}

/** From here on it is told of all that is published; what it sends is answered as before. */
function listen(socket: WebSocket, packing: MessagePacking | null, publications: Publications, data: RawData): void {
  const listener: Listener = {
    write(event, written) {
      const message = event.encodedBy(eventText);
      socket.send(message, { binary: false, compress: packing?.packs(message) ?? false }, written);
      return message.length;
    },
    cutOff: () => socket.terminate(),
  };
  const position = publications.join(listener, subscriptionFrom(data));
  socket.on('close', () => publications.leave(listener));
  socket.send(subscribedText(position));
}

interface Answering {
  readonly domain: ServiceDomain;
  readonly notices: Notices;
}

function answer({ domain, notices }: Answering, send: Send, answers: TurnAnswers, data: RawData): void {
  const value = parse(data);
  const each = (one: unknown, done: (text: string) => void) => {
    const item = orderItemFrom(one);
    const version = item.request?.version;
    handleItem(domain, item, (reply) => done(answerText(one, reply, version, notices)));
  };
  if (!Array.isArray(value)) each(value, send);
  else if (value.length === 0) send(answerText(null, invalidReply, undefined, notices));
  else for (const one of value) each(one, (text) => answers.add(text));
}

function answerItem(domain: ServiceDomain, send: Send, items: ItemCodec, data: Buffer): void {
  const item = decoded(items, data);
  handleItem(domain, item, ({ code, order, orders }) => {
    const id = item.request?.requestId ?? null;
    send(items.reply(orders === undefined ? { id, code, order } : { id, code, orders }));
  });
}

function decoded(items: ItemCodec, data: Buffer): OrderItem {
  try {
    return orderItemFrom(items.decode(data));
  } catch {
    return orderItemFrom(undefined);
  }
}

/** undefined for what is no JSON. */
function parse(data: RawData): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return undefined;
  }
}

function answerText(request: unknown, reply: OrderReply, version: ApiVersion | undefined, notices: Notices): string {
  const { id } = typeof request === 'object' && request !== null ? (request as { readonly id?: unknown }) : {};
  const answered = { id: typeof id === 'string' ? id : null, code: reply.code, ...notices.of(version) };
  const found = answeredOrders(version, reply);
  return JSON.stringify(reply.orders === undefined ? { ...answered, order: found } : { ...answered, orders: found });
}

/** Answers to requests of batches: those of one turn of the event loop leave as one array. */
class TurnAnswers {
  readonly #send: Send;
  #texts: string[] = [];

  constructor(send: Send) {
    this.#send = send;
  }

  add(text: string): void {
    if (this.#texts.push(text) > 1) return;
    setImmediate(() => {
      const texts = this.#texts;
      this.#texts = [];
      this.#send(`[${texts.join(',')}]`);
    });
  }
}

function close(server: WebSocketServer, listening: Pick<Server, 'close'>): Promise<void> {
  return new Promise((resolve) => {
    for (const socket of server.clients) socket.close(goingAway);
    const timer = setTimeout(() => {
      for (const socket of server.clients) socket.terminate();
    }, closeGraceMs);
    server.close();
    listening.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
