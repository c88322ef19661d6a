/** The orders behind gRPC, on grpc-js. */
import {
  loadPackageDefinition,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceClientConstructor,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { type ApiVersion, firstVersion } from '../../scenarios/api-versions.ts';
import { type OrderAction, referenceOperations } from '../../scenarios/operations.ts';
import type { GrpcTarget } from '../../scenarios/scenario.ts';
import { Notices } from '../domain/deprecation-notice.ts';
import { hostService } from '../domain/host-service.ts';
import { handleBatch, handleItem, type OrderItem } from '../domain/order-item.ts';
import { keyNames, orderOf } from '../domain/order-versions.ts';
import { failedCallsText, type OrderReply, type OrderReplyCode, type OrderRequest } from '../domain/orders.ts';
import { BodyCodec } from '../driver-kit/body-codec.ts';
import { hostPort, loopback } from '../host-port.ts';
import { type Gatekeeper, gatekeeperOf } from '../security/gatekeeper.ts';
import { serverTlsOptions } from '../security/server-tls-options.ts';
import type { ServerTls } from '../security/service-security.ts';
import { ordersProto, ordersProtoV2 } from './orders-service.ts';
import { packReplies } from './packed-replies.ts';
import { methodName } from './preset.ts';
import { asAnswer, eventsDefinition, pushOn, watchedAfter } from './pushed-events.ts';
import { encodeRetryInfo, statusDetails } from './retry-info.ts';

type Fields = Readonly<Record<string, string | undefined>>;
type HandOverCall = ServerReadableStream<HandedOver, object>;
type UnaryHandler = (call: ServerUnaryCall<Fields, object>, done: sendUnaryData<object>) => void;
/** One of them, as the oneof has it. */
type HandedOver = { readonly [Action in OrderAction]?: Fields | null };

type BatchItem = HandedOver & { readonly hand_over?: boolean };

interface ConverseRequest {
  readonly number: number;
  readonly item: BatchItem | null;
}

interface WatchRequest {
  readonly after?: number;
  /** The library's way of saying that `after` is there. */
  readonly _after?: 'after';
}

const actions = Object.values(referenceOperations).map(({ action }) => action);
const largestMessageBytes = 24 * 1024 * 1024;
const closeGraceMs = 300;

const refusals: Readonly<Partial<Record<OrderReplyCode, number>>> = {
  notFound: status.NOT_FOUND,
  conflict: status.FAILED_PRECONDITION,
  invalid: status.INVALID_ARGUMENT,
  unavailable: status.UNAVAILABLE,
  retired: status.UNIMPLEMENTED,
};

hostService(async (domain, options, publications) => {
  const { port, host = loopback, retryAfterMs, target, security, deprecated } = options;
  const codec = BodyCodec.of((target as GrpcTarget).compression);
  if (codec !== null) packReplies(codec);
  const answer = answerer(retryAfterMs);
  const definition = loadSync([ordersProto, ordersProtoV2], { keepCase: true, longs: Number, defaults: true });
  const { wirebench } = loadPackageDefinition(definition) as unknown as {
    wirebench: { orders: Record<'v1' | 'v2', { Orders: ServiceClientConstructor }> };
  };
  const announce = announcer(new Notices(deprecated));
  const unary =
    (action: OrderAction, version: ApiVersion): UnaryHandler =>
    (call, done) => {
      announce(call, version);
      domain.handle(requestFrom(action, call.request, version), (reply) => answer(reply, done, version));
    };
  const handOver = (version: ApiVersion) => (call: HandOverCall, done: sendUnaryData<object>) => {
    announce(call, version);
    let accepted = 0;
    let refused: OrderReply | null = null;
    let open = 1; // the call itself
    const close = () => {
      if (--open > 0) return;
      if (refused === null) done(null, { accepted });
      else answer(refused, done);
    };
    call.on('data', (message: HandedOver) => {
      open++;
      domain.accept(handedOverRequest(message, version), (reply) => {
        if (reply.code === 'accepted') accepted++;
        else refused ??= reply;
        close();
      });
    });
    call.on('error', () => undefined); // a caller that went away
    call.on('end', close);
  };
  const batch = (
    call: ServerUnaryCall<{ readonly items: readonly BatchItem[] }, object>,
    done: sendUnaryData<object>,
  ) => {
    handleBatch(
      domain,
      call.request.items.map((item) => itemFrom(item)),
      (replies) => {
        const codes = replies.map(({ code }) => code);
        done(null, { codes, orders: replies.map((reply) => ({ orders: ordersOf(reply) })) });
      },
    );
  };
  const converse = (call: ServerDuplexStream<ConverseRequest, object>) => {
    const after = publications === null ? undefined : watchedAfter(call.metadata);
    if (publications !== null && after !== undefined) pushOn(call, publications, after, asAnswer);
    let open = 0;
    let isEnding = false;
    const endWhenDone = () => {
      if (isEnding && open === 0) call.end();
    };
    call.on('data', ({ number, item }: ConverseRequest) => {
      open++;
      handleItem(domain, itemFrom(item ?? {}), ({ code, order, orders }) => {
        open--;
        const later = code === 'unavailable' && retryAfterMs !== undefined ? { retry_after_ms: retryAfterMs } : {};
        if (!call.cancelled) call.write({ number, code, orders: ordersOf({ order, orders }), ...later });
        endWhenDone();
      });
    });
    call.on('error', () => undefined); // a caller that went away
    call.on('end', () => {
      isEnding = true;
      endWhenDone();
    });
  };
  const gatekeeper = await gatekeeperOf(security?.check);
  const server = new Server({
    'grpc.max_receive_message_length': largestMessageBytes,
    'grpc.max_send_message_length': largestMessageBytes,
    ...(gatekeeper !== null && { interceptors: [refuseStrangers(gatekeeper)] }),
  });
  const ofVersion = (version: ApiVersion) => ({
    ...Object.fromEntries(actions.map((action) => [methodName(action), unary(action, version)])),
    HandOver: handOver(version),
  });
  const { v1, v2 } = wirebench.orders;
  server.addService(v1.Orders.service, { ...ofVersion(1), Batch: batch, Converse: converse });
  server.addService(v2.Orders.service, ofVersion(2));
  if (publications !== null) {
    server.addService(eventsDefinition(), {
      Watch(call: ServerWritableStream<WatchRequest, object>) {
        const { after = 0, _after: said } = call.request;
        pushOn(call, publications, said === undefined ? null : after, (event) => event);
      },
    });
  }
  await new Promise<void>((resolve, reject) => {
    const bound = (error: Error | null) => (error ? reject(error) : resolve());
    server.bindAsync(hostPort(host, port), credentialsOf(security?.tls ?? null), bound);
  });
  return {
    close: () =>
      new Promise<void>((resolve) => {
        server.tryShutdown(() => resolve());
        setTimeout(() => server.forceShutdown(), closeGraceMs);
      }),
  };
});

function credentialsOf(tls: ServerTls | null): ServerCredentials {
  if (tls === null) return ServerCredentials.createInsecure();
  const { cert, key, ca } = serverTlsOptions(tls);
  return ServerCredentials.createSsl(ca ?? null, [{ cert_chain: cert, private_key: key }], ca !== undefined);
}

/** Each call by itself, a long stream as one. */
function refuseStrangers(gatekeeper: Gatekeeper): ServerInterceptor {
  return (_method, call) =>
    new ServerInterceptingCall(call, {
      start(begin) {
        begin({
          onReceiveMetadata(metadata, letIn) {
            const header = (name: string) => metadata.get(name)[0]?.toString();
            void gatekeeper(header).then((refusal) => {
              if (refusal === null) letIn(metadata);
              else call.sendStatus({ code: status.UNAUTHENTICATED, details: `Who asks is not known: ${refusal}.` });
            });
          },
        });
      },
    });
}

function ordersOf({ order, orders }: Pick<OrderReply, 'order' | 'orders'>): readonly object[] {
  return orders ?? (order ? [order] : []);
}

function requestFrom(action: OrderAction, fields: Fields, version: ApiVersion = firstVersion): OrderRequest {
  const { request_id: requestId = '', id: orderId = '', payload = '' } = fields;
  return { action, requestId, orderId, key: fields[keyNames[version]] ?? '', payload, version };
}

function itemFrom({ hand_over: isHandedOver, ...rest }: BatchItem, version: ApiVersion = firstVersion): OrderItem {
  const [named] = Object.entries(rest).filter(([, fields]) => fields !== null);
  const request = named === undefined ? null : requestFrom(named[0] as OrderAction, named[1] as Fields, version);
  return { request, isHandedOver: isHandedOver === true };
}

/** Nothing at all has no order, and is refused as invalid. */
function handedOverRequest(message: HandedOver, version: ApiVersion): OrderRequest {
  return itemFrom(message, version).request ?? requestFrom('cancel', {});
}

/** Calls of a deprecated version are answered with a word on it, before anything else. */
function announcer(notices: Notices) {
  return (call: Pick<ServerUnaryCall<Fields, object>, 'sendMetadata'>, version: ApiVersion): void => {
    const notice = notices.of(version);
    if (notice === null) return;
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(notice)) metadata.set(name, value);
    call.sendMetadata(metadata);
  };
}

/** Refusals that may pass say when to come back, if the service is told to. */
function answerer(retryAfterMs: number | undefined) {
  const later = new Metadata();
  if (retryAfterMs !== undefined) {
    later.set(statusDetails, encodeRetryInfo(status.UNAVAILABLE, 'unavailable', retryAfterMs));
  }
  return (reply: OrderReply, done: sendUnaryData<object>, version: ApiVersion = firstVersion): void => {
    const { code, order, orders, why, failedCalls } = reply;
    const refusal = refusals[code];
    if (refusal === undefined) {
      const found = orders?.map((one) => orderOf(version, one));
      done(null, found === undefined ? { ...(order && orderOf(version, order)) } : { orders: found });
    } else if (code === 'unavailable') {
      const details = why ?? (failedCalls && failedCallsText(failedCalls)) ?? code;
      done({ code: refusal, details, metadata: later });
    } else done({ code: refusal, details: code });
  };
}
