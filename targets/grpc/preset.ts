import { join } from 'node:path';
import { defaultPattern, isHandedOver } from '../../result/patterns.ts';
import type { GrpcClient, GrpcRequest, GrpcTarget } from '../../scenarios/scenario.ts';
import { type OrderAction, referenceOperations } from '../domain/order-domain.ts';
import type { Driver, ProtocolEntry } from '../driver.ts';
import { batchLabel } from '../driver-kit/batch-label.ts';
import { compressionLabel } from '../driver-kit/codec-label.ts';
import { clientLabel, driverByClient } from '../driver-kit/driver-by-client.ts';

export const ordersProto = join(import.meta.dirname, 'orders.proto');
const service = 'wirebench.orders.v1.Orders';

const methods = {
  place: { method: 'Place', fields: { id: '{{id}}', key: '{{key}}', payload: '{{payload}}' } },
  get: { method: 'Get', fields: { id: '{{key}}' } },
  update: { method: 'Update', fields: { id: '{{key}}', payload: '{{payload}}' } },
  cancel: { method: 'Cancel', fields: { id: '{{key}}' } },
  list: { method: 'List', fields: {} },
  pay: { method: 'Pay', fields: { id: '{{id}}', key: '{{key}}' } },
} as const satisfies Record<OrderAction, { method: string; fields: Record<string, string> }>;

/** Each as a batch of one: batches are made of them. */
function batchedRequest(action: OrderAction, isHandedOver: boolean): GrpcRequest {
  return { method: `${service}/Batch`, message: { items: [itemFor(action, isHandedOver)] }, metadata: {} };
}

/** A message on a stream that stays; its number is the driver's. */
function streamedRequest(action: OrderAction, isHandedOver: boolean): GrpcRequest {
  return { method: `${service}/Converse`, message: { item: itemFor(action, isHandedOver) }, metadata: {} };
}

function itemFor(action: OrderAction, isHandedOver: boolean) {
  return { [action]: { request_id: '{{id}}', ...methods[action].fields }, hand_over: isHandedOver };
}

function requestFor(action: OrderAction, isHandedOver: boolean): GrpcRequest {
  const { method, fields } = methods[action];
  const message = { request_id: '{{id}}', ...fields };
  if (!isHandedOver) return { method: `${service}/${method}`, message, metadata: {} };
  return { method: `${service}/HandOver`, message: { [action]: message }, metadata: {} };
}

const drivers = {
  own: async () => (await import('./driver.ts')).grpcDriver,
  'grpc-js': async () => (await import('./grpc-js-driver.ts')).grpcJsDriver,
} as const satisfies Record<GrpcClient, () => Promise<Driver>>;

const packages = { own: null, 'grpc-js': '@grpc/grpc-js' } as const satisfies Record<GrpcClient, string | null>;

export const grpcEntry: ProtocolEntry = {
  driver: driverByClient<GrpcClient>('grpc', (target) => (target as GrpcTarget).client ?? 'own', drivers),
  servicePath: join(import.meta.dirname, 'service.ts'),
  resourceNames: () => ({}),
  preset(target, _names, operations) {
    const { batch, calls } = target as GrpcTarget;
    const unary = batch === undefined ? requestFor : batchedRequest;
    const write = calls === 'stream' ? streamedRequest : unary;
    const requests = Object.entries(referenceOperations).map(([operation, action]): [string, GrpcRequest] => [
      operation,
      write(action, isHandedOver(operations[operation]?.pattern ?? defaultPattern)),
    ]);
    return { requests: Object.fromEntries(requests), settings: { proto: ordersProto } };
  },
  semantics(target) {
    const { connections, address = '', engine, client = 'own', compression, batch, calls } = target as GrpcTarget;
    return {
      ...(engine === 'native' && { client: clientLabel(client, packages[client]) }),
      protocol: 'HTTP/2, streams share connections',
      durability: address === '' ? 'in the memory of the service' : null,
      acks:
        address === ''
          ? `${calls === 'stream' ? 'a message of the service' : 'the status'}: after the work, or for one-way once the order is on record`
          : 'the status; what it promises is the system’s own',
      calls: calls === 'stream' ? 'messages on one stream a connection, both ways' : 'unary',
      connections,
      ...(batch !== undefined && { batching: batchLabel(batch) }),
      codec: `protobuf, ${compressionLabel(compression, 'message by message')}`,
      tls: /^(grpcs|https):/i.test(address),
    };
  },
};
