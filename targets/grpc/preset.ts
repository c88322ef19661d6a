import { beside } from '../../result/beside.ts';
import { type ApiVersion, firstVersion } from '../../scenarios/api-versions.ts';
import { isCreation, namesAnOrder, type ReferenceOperation } from '../../scenarios/operations.ts';
import type { GrpcClient, GrpcRequest, GrpcTarget } from '../../scenarios/scenario.ts';
import { keyNames } from '../domain/order-versions.ts';
import type { Driver, ProtocolEntry } from '../driver.ts';
import { batchLabel } from '../driver-kit/batch-label.ts';
import { clientLabel } from '../driver-kit/client-label.ts';
import { compressionLabel } from '../driver-kit/codec-label.ts';
import { driverByClient } from '../driver-kit/driver-by-client.ts';
import { duplexLabel } from '../driver-kit/duplex-label.ts';
import { durabilityLabel } from '../driver-kit/durability-label.ts';
import { type PresetOperation, presetRequests } from '../driver-kit/preset-requests.ts';
import { runtimeLabel } from '../driver-kit/runtime-label.ts';
import { tlsLabel } from '../driver-kit/tls-label.ts';
import { ordersProto, ordersProtoV2, ordersService, ordersServices } from './orders-service.ts';
import { grpcSubscriber } from './subscriber.ts';
import { fromNow, watchHeader } from './watch-words.ts';

/** As the service calls it. */
export function methodName(action: string): string {
  return action.charAt(0).toUpperCase() + action.slice(1);
}

function fieldsOf(operation: ReferenceOperation, version: ApiVersion = firstVersion): Readonly<Record<string, string>> {
  const isNew = isCreation(operation);
  return {
    request_id: '{{id}}',
    ...(namesAnOrder(operation) && { id: isNew ? '{{id}}' : '{{key}}' }),
    ...(isNew && { [keyNames[version]]: '{{key}}' }),
    ...(operation.carriesPayload && { payload: '{{payload}}' }),
  };
}

/** Each as a batch of one: batches are made of them. */
function batchedRequest(operation: ReferenceOperation, isHandedOver: boolean): GrpcRequest {
  return { method: `${ordersService}/Batch`, message: { items: [itemFor(operation, isHandedOver)] }, metadata: {} };
}

/** A message on a stream that stays; its number is the driver's. */
function streamedRequest(operation: ReferenceOperation, isHandedOver: boolean, metadata: GrpcRequest['metadata']) {
  return { method: `${ordersService}/Converse`, message: { item: itemFor(operation, isHandedOver) }, metadata };
}

function itemFor(operation: ReferenceOperation, isHandedOver: boolean) {
  return { [operation.action]: fieldsOf(operation), hand_over: isHandedOver };
}

function requestFor(
  operation: ReferenceOperation,
  isHandedOver: boolean,
  version: ApiVersion = firstVersion,
): GrpcRequest {
  const { action } = operation;
  const message = fieldsOf(operation, version);
  const called = ordersServices[version];
  if (!isHandedOver) return { method: `${called}/${methodName(action)}`, message, metadata: {} };
  return { method: `${called}/HandOver`, message: { [action]: message }, metadata: {} };
}

const drivers = {
  own: async () => (await import('./driver.ts')).grpcDriver,
  'grpc-js': async () => (await import('./grpc-js-driver.ts')).grpcJsDriver,
} as const satisfies Record<GrpcClient, () => Promise<Driver>>;

const packages = { own: null, 'grpc-js': '@grpc/grpc-js' } as const satisfies Record<GrpcClient, string | null>;

/** The second version only where it is spoken. */
function ordersProtoOf(operations: Readonly<Record<string, PresetOperation>>): string | readonly string[] {
  const isSpoken = Object.values(operations).some(({ version }) => version === 2);
  return isSpoken ? [ordersProto, ordersProtoV2] : ordersProto;
}

export const grpcEntry: ProtocolEntry = {
  driver: driverByClient<GrpcClient>('grpc', (target) => (target as GrpcTarget).client ?? 'own', drivers),
  subscriber: grpcSubscriber,
  evolution: async () => (await import('./evolution-wire.ts')).grpcEvolutionWire,
  servicePath: beside(import.meta.url, 'service'),
  resourceNames: () => ({}),
  preset(target, _names, operations) {
    const { batch, calls, push } = target as GrpcTarget;
    const unary = batch === undefined ? requestFor : batchedRequest;
    const streamed = (operation: ReferenceOperation, isHandedOver: boolean) =>
      streamedRequest(operation, isHandedOver, push?.duplex ? { [watchHeader]: fromNow } : {});
    const write = calls === 'stream' ? streamed : unary;
    return { requests: presetRequests(operations, write), settings: { proto: ordersProtoOf(operations) } };
  },
  semantics(target) {
    const { connections, address = '', engine, client = 'own', compression, batch, calls } = target as GrpcTarget;
    return {
      ...runtimeLabel(target, 'grpc', '@grpc/grpc-js'),
      ...(engine === 'native' && { client: clientLabel(client, packages[client]) }),
      protocol: 'HTTP/2, streams share connections',
      durability: durabilityLabel(target),
      acks:
        address === ''
          ? `${calls === 'stream' ? 'a message of the service' : 'the status'}: after the work, or for one-way once the order is on record`
          : 'the status; what it promises is the system’s own',
      calls: calls === 'stream' ? 'messages on one stream a connection, both ways' : 'unary',
      connections,
      ...duplexLabel(target),
      ...(batch !== undefined && { batching: batchLabel(batch) }),
      compression: compression?.codec ?? 'none',
      codec: `protobuf, ${compressionLabel(compression, 'message by message')}`,
      tls: tlsLabel(target),
    };
  },
};
