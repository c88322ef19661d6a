/** The orders as a REST API: JSON over HTTP/1.1, conditional requests, problem details, hand-over by RFC 7240. */
import { STATUS_CODES } from 'node:http';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type ApiVersion, apiVersions, firstVersion } from '../../scenarios/api-versions.ts';
import {
  isCreation,
  type OrderAction,
  type ReferenceOperation,
  referenceOperations,
} from '../../scenarios/operations.ts';
import type { RestTarget } from '../../scenarios/scenario.ts';
import { Notices } from '../domain/deprecation-notice.ts';
import { hostService } from '../domain/host-service.ts';
import { type ItemCodec, itemCodecOf } from '../domain/item-codec.ts';
import { handleBatch, orderItemFrom } from '../domain/order-item.ts';
import { answeredOrders, keyNames } from '../domain/order-versions.ts';
import type { Order, OrderReply, OrderRequest } from '../domain/orders.ts';
import type { ServiceDomain } from '../domain/service-domain.ts';
import { BodyCodec } from '../driver-kit/body-codec.ts';
import { loopback } from '../host-port.ts';
import { type Gatekeeper, gatekeeperOf, headerText } from '../security/gatekeeper.ts';
import { type ServerTlsOptions, serverTlsOptions } from '../security/server-tls-options.ts';
import { batchPath } from './batch-format.ts';
import { pathOf } from './body-fields.ts';
import { readHeaders } from './cache/read-headers.ts';
import { compressBodies } from './compressed-bodies.ts';
import { entityTag, noneMatches, versionsToMatch } from './entity-tag.ts';
import { openApiOf, openApiPath } from './openapi.ts';
import { problemDetails, problemType } from './problem.ts';
import { routeEvents } from './pushed-events.ts';
import { sendProblem, sendRefusal } from './refusals.ts';

/** The largest payload and the JSON around it. */
const bodyLimitBytes = 17 * 1024 * 1024;
const jsonType = 'application/json; charset=utf-8';
hostService(async (domain, options, publications) => {
  const { compression, codec, cache } = options.target as RestTarget;
  const { retryAfterMs, security, deprecated } = options;
  const gatekeeper = await gatekeeperOf(security?.check);
  const app = createOrderApi(domain, {
    ...{
      codec: BodyCodec.of(compression),
      items: itemCodecOf(codec),
      retryAfterMs,
      gatekeeper,
      notices: new Notices(deprecated),
    },
    document: openApiOf({ codec: codec ?? 'json', isGuarded: gatekeeper !== null }),
    readHeaders: readHeaders(cache),
    tls: security?.tls ? serverTlsOptions(security.tls) : null,
  });
  if (publications !== null) routeEvents(app, publications);
  await app.listen({ port: options.port, host: options.host ?? loopback });
  return { close: () => app.close() };
});

interface OrderApiOptions {
  readonly codec: BodyCodec | null;
  /** null: JSON. */
  readonly items: ItemCodec | null;
  readonly retryAfterMs: number | undefined;
  /** With each order that is read. */
  readonly readHeaders: Readonly<Record<string, string>>;
  readonly notices: Notices;
  /** null: everybody is served. */
  readonly gatekeeper: Gatekeeper | null;
  /** OpenAPI. */
  readonly document: object;
  /** null: in clear. */
  readonly tls: ServerTlsOptions | null;
}

function createOrderApi(domain: ServiceDomain, options: OrderApiOptions): FastifyInstance {
  const { codec, items, gatekeeper, document, tls } = options;
  const app = fastify({
    ...(tls !== null && { https: tls }),
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
    sendProblem(reply, status < 500 ? 'invalidRequest' : 'internal', error.message, status);
  });
  app.setNotFoundHandler((request, reply) => {
    sendProblem(reply, 'noSuchResource', `There is nothing at ${request.url}.`);
  });
  if (gatekeeper !== null) refuseStrangers(app, gatekeeper);
  if (items !== null) readItems(app, items);
  if (codec !== null) compressBodies(app, codec, items);
  app.get(openApiPath, (_request, reply) => reply.type(jsonType).send(JSON.stringify(document)));
  routeOrders(app, new OrderApi(domain, options));
  return app;
}

/** Before anything of the request is read but its head. */
function refuseStrangers(app: FastifyInstance, gatekeeper: Gatekeeper): void {
  app.addHook('onRequest', async (request, reply) => {
    const refusal = await gatekeeper((name) => headerText(request.headers[name]));
    if (refusal === null) return;
    reply.header('www-authenticate', 'Bearer');
    return sendProblem(reply, 'unauthenticated', `Who asks is not known: ${refusal}.`);
  });
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
  const problem = problemDetails('malformedRequest', 'This is not an HTTP request that can be read.', status);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(problem)}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${problem}`;
}

const restOperations = Object.values<ReferenceOperation>(referenceOperations);
const versionedOperations = apiVersions.flatMap((version) =>
  restOperations.map((operation) => [version, operation] as const),
);
/** Each path once, as the router has it, with what can be done there. */
const resources = new Map<string, ReferenceOperation['http']['method'][]>();
for (const [version, { http }] of versionedOperations) {
  const path = pathOf(http.path, version);
  resources.set(path, [...(resources.get(path) ?? []), http.method]);
}
const otherMethods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;

function routeOrders(app: FastifyInstance, api: OrderApi): void {
  for (const [version, operation] of versionedOperations) {
    const { method, path } = operation.http;
    const url = urlOf(pathOf(path, version));
    app.route<ById>({ method, url, handler: (request, reply) => api.operate(operation, version, request, reply) });
  }
  app.post(batchPath, (request, reply) => api.batch(request, reply));
  for (const [path, methods] of [...resources, [batchPath, ['POST' as const]] as const]) {
    const allow = otherMethods.filter((method) => methods.some((one) => one === method));
    const allowed = allow.map((method) => (method === 'GET' ? 'GET, HEAD' : method)).join(', ');
    app.route({
      method: otherMethods.filter((method) => !allow.includes(method)),
      url: urlOf(path),
      handler: (_request, reply) => {
        sendProblem(reply.header('allow', allowed), 'methodNotAllowed', `Only ${allowed} can be done here.`);
      },
    });
  }
}

function urlOf(path: string): string {
  return path.replace('{{key}}', ':id');
}

interface ById {
  Params: { id?: string };
}
type RequestById = FastifyRequest<ById>;

class OrderApi {
  readonly #domain: ServiceDomain;
  /** null: JSON. */
  readonly #items: ItemCodec | null;
  readonly #notices: Notices;
  /** For refusals that may pass; HTTP knows whole seconds only. */
  readonly #retryAfterSeconds: number | undefined;
  readonly #readHeaders: Readonly<Record<string, string>>;

  constructor(domain: ServiceDomain, { items, notices, retryAfterMs, readHeaders }: OrderApiOptions) {
    this.#domain = domain;
    this.#items = items;
    this.#notices = notices;
    this.#readHeaders = readHeaders;
    this.#retryAfterSeconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1e3);
  }

  operate(operation: ReferenceOperation, version: ApiVersion, request: RequestById, reply: FastifyReply): FastifyReply {
    const notice = this.#notices.of(version);
    if (notice !== null) reply.headers(notice);
    const asked = requestFor(operation, version, request);
    if (typeof asked === 'string') {
      return sendProblem(reply, `invalid${resourceName(operation)}`, asked);
    }
    const path = pathOf(operation.http.path, version);
    const isNew = isCreation(operation);
    if (isNew && resources.has(`${path}/{{key}}`)) {
      reply.header('location', `${path}/${encodeURIComponent(asked.orderId)}`);
    }
    return this.#perform(operation, asked, request, reply, ({ order, orders }) => {
      if (orders !== undefined) this.#sendOrders(reply, orders, version);
      else if (operation.isRead) this.#sendRead(request, reply, order, version);
      else this.#sendOrder(reply, isNew ? 201 : 200, order, version);
    });
  }

  /** An array of items → `{"codes":[…],"orders":[…]}`, in their order: what became of each stands first, as readers want it. */
  batch(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { body } = request;
    if (!Array.isArray(body)) return sendProblem(reply, 'invalidBatch', 'A batch is an array of requests.');
    handleBatch(
      this.#domain,
      body.map((one) => orderItemFrom(one)),
      (replies) => {
        const codes = replies.map(({ code }) => code);
        const orders = replies.map(({ order, orders }) => orders ?? order);
        reply.type(jsonType).send(JSON.stringify({ codes, orders }));
      },
    );
    return reply;
  }

  #sendRead(request: FastifyRequest, reply: FastifyReply, order: Order | null, version: ApiVersion): void {
    reply.headers(this.#readHeaders);
    const isStale = order === null || noneMatches(request.headers['if-none-match'], order.version);
    if (isStale) this.#sendOrder(reply, 200, order, version);
    else reply.header('etag', entityTag(order.version)).code(304).send();
  }

  #sendOrders(reply: FastifyReply, orders: readonly Order[], version: ApiVersion): void {
    reply.header('cache-control', 'no-store');
    const items = this.#itemsOf(version);
    if (items === null) reply.type(jsonType).send(JSON.stringify(answeredOrders(version, { order: null, orders })));
    else reply.type(items.contentType).send(items.orders(orders));
  }

  #sendOrder(reply: FastifyReply, status: number, order: Order | null, version: ApiVersion): void {
    if (order !== null) reply.header('etag', entityTag(order.version));
    const items = this.#itemsOf(version);
    if (items === null)
      reply
        .code(status)
        .type(jsonType)
        .send(JSON.stringify(answeredOrders(version, { order })));
    else reply.code(status).type(items.contentType).send(items.order(order));
  }

  /** Other codecs know the first version only. */
  #itemsOf(version: ApiVersion): ItemCodec | null {
    return version === firstVersion ? this.#items : null;
  }

  /** `done` answers what was done; refusals and hand-overs are answered here. */
  #perform(
    operation: ReferenceOperation,
    asked: OrderRequest,
    request: FastifyRequest,
    reply: FastifyReply,
    done: (result: OrderReply) => void,
  ): FastifyReply {
    if (operation.canBeHandedOver && prefersAsync(request)) {
      this.#domain.accept(asked, (result) => {
        if (result.code !== 'accepted') this.#refuse(reply, result, asked);
        else reply.code(202).header('preference-applied', 'respond-async').send();
      });
      return reply;
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

/** What is asked; as text what is wrong with it. */
function requestFor(operation: ReferenceOperation, version: ApiVersion, request: RequestById): OrderRequest | string {
  const { carriesPayload, http } = operation;
  const isNew = isCreation(operation);
  const body = isNew || carriesPayload ? fields(request.body) : {};
  const orderId = isNew ? body.id : (request.params.id ?? '');
  const key = isNew ? (body[http.keyField ?? keyNames[version]] ?? (http.keyField === undefined ? '' : null)) : '';
  const payload = carriesPayload ? (body.payload ?? '') : '';
  if (typeof orderId !== 'string' || typeof key !== 'string' || typeof payload !== 'string') {
    return expectedBody(operation, version);
  }
  const requestId = request.headers['idempotency-key'] ?? request.headers['x-request-id'] ?? '';
  const ifVersions = isNew || operation.isRead ? undefined : versionsToMatch(request.headers['if-match']);
  const action = operation.action as OrderAction;
  return { action, requestId: String(requestId), orderId, key, payload, version, ...(ifVersions && { ifVersions }) };
}

function expectedBody(operation: ReferenceOperation, version: ApiVersion): string {
  const noun = resourceName(operation).toLowerCase();
  const { keyField } = operation.http;
  if (!isCreation(operation)) return `The payload of an ${noun} is text.`;
  if (keyField !== undefined) return `A ${noun} has an id and an ${keyField}, both text.`;
  return `An ${noun} has an id and may have a ${keyNames[version]}${operation.carriesPayload ? ' and a payload' : ''}, all text.`;
}

/** `Order` of `/v1/orders`. */
function resourceName({ http }: ReferenceOperation): 'Order' | 'Payment' {
  return http.path.split('/')[2] === 'payments' ? 'Payment' : 'Order';
}

/** Whatever JSON came: only objects have fields. */
function fields(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

function prefersAsync(request: FastifyRequest): boolean {
  const { prefer } = request.headers;
  return prefer !== undefined && /(^|,)\s*respond-async\s*(;|,|$)/i.test(String(prefer));
}
