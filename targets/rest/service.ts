/** The orders as a REST API: JSON over HTTP/1.1, conditional requests, problem details, hand-over by RFC 7240. */
import { STATUS_CODES } from 'node:http';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { RestTarget } from '../../scenarios/scenario.ts';
import { hostService } from '../domain/host-service.ts';
import { type ItemCodec, itemCodecOf } from '../domain/item-codec.ts';
import type { Order, OrderAction, OrderDomain, OrderReply, OrderRequest } from '../domain/order-domain.ts';
import { handleBatch, orderItemFrom } from '../domain/order-item.ts';
import { BodyCodec } from '../driver-kit/body-codec.ts';
import { compressBodies } from './compressed-bodies.ts';
import { entityTag, noneMatches, versionsToMatch } from './entity-tag.ts';
import { problemDetails, problemType } from './problem.ts';

/** The largest payload and the JSON around it. */
const bodyLimitBytes = 17 * 1024 * 1024;
const jsonType = 'application/json; charset=utf-8';
hostService(async (domain, options) => {
  const { compression, codec } = options.target as RestTarget;
  const app = createOrderApi(domain, BodyCodec.of(compression), itemCodecOf(codec), options.retryAfterMs);
  await app.listen({ port: options.port, host: '127.0.0.1' });
  return { close: () => app.close() };
});

function createOrderApi(
  domain: OrderDomain,
  codec: BodyCodec | null,
  items: ItemCodec | null,
  retryAfterMs: number | undefined,
): FastifyInstance {
  const app = fastify({
    bodyLimit: bodyLimitBytes,
    routerOptions: { maxParamLength: 1024 },
    onProtoPoisoning: 'ignore', // fields are read by name and never merged
    onConstructorPoisoning: 'ignore',
    forceCloseConnections: true,
    keepAliveTimeout: 0, // an idle connection is the client's to close
    requestTimeout: 0,
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.end(answerToNoRequest(error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400));
    },
  });
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const status = error.statusCode ?? 500;
    sendProblem(reply, status, status < 500 ? 'invalidRequest' : 'internal', error.message);
  });
  app.setNotFoundHandler((request, reply) => {
    sendProblem(reply, 404, 'noSuchResource', `There is nothing at ${request.url}.`);
  });
  if (items !== null) readItems(app, items);
  if (codec !== null) compressBodies(app, codec, items);
  routeOrders(app, new OrderApi(domain, items, retryAfterMs));
  return app;
}

/** Bodies that are not JSON; compressed ones are unpacked before. */
function readItems(app: FastifyInstance, items: ItemCodec): void {
  app.addContentTypeParser<Buffer>(items.contentType, { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, items.decode(body));
    } catch {
      done(Object.assign(new Error(`The body is not ${items.contentType}.`), { statusCode: 400 }));
    }
  });
}

/** Where HTTP itself is broken there is no reply object to answer with. */
function answerToNoRequest(status: number): string {
  const problem = problemDetails(status, 'malformedRequest', 'This is not an HTTP request that can be read.');
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(problem)}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${problem}`;
}

function routeOrders(app: FastifyInstance, api: OrderApi): void {
  app.post('/v1/orders', (request, reply) => api.place(request, reply));
  app.post('/v1/batch', (request, reply) => api.batch(request, reply));
  app.post('/v1/payments', (request, reply) => api.pay(request, reply));
  app.get('/v1/orders', (request, reply) => api.list(request, reply));
  app.get<ById>('/v1/orders/:id', (request, reply) => api.get(request, reply));
  app.put<ById>('/v1/orders/:id', (request, reply) => api.change('update', request, reply));
  app.delete<ById>('/v1/orders/:id', (request, reply) => api.change('cancel', request, reply));
  const refuseMethod = (allow: string) => (_request: FastifyRequest, reply: FastifyReply) => {
    sendProblem(reply.header('allow', allow), 405, 'methodNotAllowed', `Only ${allow} can be done here.`);
  };
  app.route({ method: ['PUT', 'DELETE', 'PATCH'], url: '/v1/orders', handler: refuseMethod('GET, HEAD, POST') });
  app.route({ method: ['GET', 'PUT', 'DELETE', 'PATCH'], url: '/v1/payments', handler: refuseMethod('POST') });
  app.route({ method: ['GET', 'PUT', 'DELETE', 'PATCH'], url: '/v1/batch', handler: refuseMethod('POST') });
  app.route({ method: ['POST', 'PATCH'], url: '/v1/orders/:id', handler: refuseMethod('GET, HEAD, PUT, DELETE') });
}

interface ById {
  Params: { id: string };
}
type RequestById = FastifyRequest<ById>;

class OrderApi {
  readonly #domain: OrderDomain;
  /** null: JSON. */
  readonly #items: ItemCodec | null;
  /** For refusals that may pass; HTTP knows whole seconds only. */
  readonly #retryAfterSeconds: number | undefined;

  constructor(domain: OrderDomain, items: ItemCodec | null, retryAfterMs: number | undefined) {
    this.#domain = domain;
    this.#items = items;
    this.#retryAfterSeconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1e3);
  }

  place(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { id, key = '', payload = '' } = fields(request.body);
    if (typeof id !== 'string' || typeof key !== 'string' || typeof payload !== 'string') {
      return sendProblem(reply, 400, 'invalidOrder', 'An order has an id and may have a key and a payload, all text.');
    }
    const asked = orderRequest('place', request, id, { key, payload });
    reply.header('location', `/v1/orders/${encodeURIComponent(id)}`);
    return this.#perform(asked, request, reply, ({ order }) => this.#sendOrder(reply, 201, order));
  }

  pay(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { id, account } = fields(request.body);
    if (typeof id !== 'string' || typeof account !== 'string') {
      return sendProblem(reply, 400, 'invalidPayment', 'A payment has an id and an account, both text.');
    }
    const asked = orderRequest('pay', request, id, { key: account });
    return this.#perform(asked, request, reply, ({ order }) => this.#sendOrder(reply, 201, order));
  }

  /** An array of items → `{"codes":[…],"orders":[…]}`, in their order: what became of each stands first, as readers want it. */
  batch(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { body } = request;
    if (!Array.isArray(body)) return sendProblem(reply, 400, 'invalidBatch', 'A batch is an array of requests.');
    handleBatch(this.#domain, body.map(orderItemFrom), (replies) => {
      const codes = replies.map(({ code }) => code);
      const orders = replies.map(({ order, orders }) => orders ?? order);
      reply.type(jsonType).send(JSON.stringify({ codes, orders }));
    });
    return reply;
  }

  get(request: RequestById, reply: FastifyReply): FastifyReply {
    const asked = orderRequest('get', request, request.params.id);
    return this.#perform(asked, request, reply, ({ order }) => {
      reply.header('cache-control', 'private, no-cache');
      const isStale = order === null || noneMatches(request.headers['if-none-match'], order.version);
      if (isStale) this.#sendOrder(reply, 200, order);
      else reply.header('etag', entityTag(order.version)).code(304).send();
    });
  }

  list(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return this.#perform(orderRequest('list', request, ''), request, reply, ({ orders }) => {
      reply.header('cache-control', 'no-store');
      const items = this.#items;
      if (items === null) reply.type(jsonType).send(JSON.stringify(orders));
      else reply.type(items.contentType).send(items.orders(orders ?? []));
    });
  }

  change(action: 'update' | 'cancel', request: RequestById, reply: FastifyReply): FastifyReply {
    const { payload = '' } = action === 'update' ? fields(request.body) : {};
    if (typeof payload !== 'string') return sendProblem(reply, 400, 'invalidOrder', 'The payload of an order is text.');
    const ifVersions = versionsToMatch(request.headers['if-match']);
    const asked = orderRequest(action, request, request.params.id, { payload, ifVersions });
    return this.#perform(asked, request, reply, ({ order }) => this.#sendOrder(reply, 200, order));
  }

  #sendOrder(reply: FastifyReply, status: number, order: Order | null): void {
    if (order !== null) reply.header('etag', entityTag(order.version));
    const items = this.#items;
    if (items === null) reply.code(status).type(jsonType).send(JSON.stringify(order));
    else reply.code(status).type(items.contentType).send(items.order(order));
  }

  /** `done` answers what was done; refusals and hand-overs are answered here. */
  #perform(
    asked: OrderRequest,
    request: FastifyRequest,
    reply: FastifyReply,
    done: (result: OrderReply) => void,
  ): FastifyReply {
    if (asked.action !== 'get' && asked.action !== 'list' && prefersAsync(request)) {
      const result = this.#domain.accept(asked);
      if (result.code !== 'accepted') return this.#refuse(reply, result, asked);
      return reply.code(202).header('preference-applied', 'respond-async').send();
    }
    this.#domain.handle(asked, (result) => {
      if (result.code === 'ok' || result.code === 'created') done(result);
      else this.#refuse(reply, result, asked);
    });
    return reply;
  }

  #refuse(reply: FastifyReply, result: OrderReply, asked: OrderRequest): FastifyReply {
    if (result.code === 'unavailable' && this.#retryAfterSeconds !== undefined) {
      reply.header('retry-after', this.#retryAfterSeconds);
    }
    return sendRefusal(reply, result, asked);
  }
}

function orderRequest(
  action: OrderAction,
  request: FastifyRequest,
  orderId: string,
  rest: Partial<OrderRequest> = {},
): OrderRequest {
  const requestId = request.headers['idempotency-key'] ?? request.headers['x-request-id'] ?? '';
  return { action, requestId: String(requestId), orderId, key: '', payload: '', ...rest };
}

/** Whatever JSON came: only objects have fields. */
function fields(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

function prefersAsync(request: FastifyRequest): boolean {
  const { prefer } = request.headers;
  return prefer !== undefined && /(^|,)\s*respond-async\s*(;|,|$)/i.test(String(prefer));
}

function sendRefusal(reply: FastifyReply, { code, order }: OrderReply, asked: OrderRequest): FastifyReply {
  reply.removeHeader('location');
  switch (code) {
    case 'notFound':
      return sendProblem(reply, 404, code, `There is no order ${asked.orderId}.`);
    case 'conflict':
      if (order !== null && asked.ifVersions?.includes(order.version) === false) {
        reply.header('etag', entityTag(order.version));
        return sendProblem(reply, 412, 'versionChanged', `Order ${asked.orderId} has version ${order.version}.`);
      }
      return sendProblem(reply, 409, code, `Order ${asked.orderId} is already cancelled.`);
    case 'unavailable':
      return sendProblem(reply, 503, code, 'The order service takes no more at the moment.');
    default:
      return sendProblem(reply, 400, 'invalidOrder', 'An order needs an id.');
  }
}

function sendProblem(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
  return reply
    .code(status)
    .type(problemType)
    .send(problemDetails(status, code, detail));
}
