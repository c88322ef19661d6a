import { join } from 'node:path';
import type { GrpcRequest, GrpcTarget } from '../../scenarios/scenario.ts';
import { referenceOperations } from '../domain/order-domain.ts';
import type { ProtocolEntry } from '../driver.ts';
import { grpcDriver } from './driver.ts';

export const ordersProto = join(import.meta.dirname, 'orders.proto');
const service = 'wirebench.orders.v1.Orders';

const methods = {
  placeOrder: { method: 'Place', fields: { id: '{{id}}', key: '{{key}}', payload: '{{payload}}' } },
  getOrder: { method: 'Get', fields: { id: '{{key}}' } },
  updateOrder: { method: 'Update', fields: { id: '{{key}}', payload: '{{payload}}' } },
  cancelOrder: { method: 'Cancel', fields: { id: '{{key}}' } },
  listOrders: { method: 'List', fields: {} },
} as const satisfies Record<keyof typeof referenceOperations, { method: string; fields: Record<string, string> }>;

export const grpcEntry: ProtocolEntry = {
  driver: grpcDriver,
  servicePath: join(import.meta.dirname, 'service.ts'),
  resourceNames: () => ({}),
  preset(_target, _names, operations) {
    const requests = Object.entries(methods).map(([operation, { method, fields }]): [string, GrpcRequest] => {
      const handOver = operation === 'placeOrder' && operations[operation]?.pattern === 'one-way';
      return [
        operation,
        { method: `${service}/${handOver ? 'HandOver' : method}`, message: { request_id: '{{id}}', ...fields }, metadata: {} },
      ];
    });
    return { requests: Object.fromEntries(requests), settings: { proto: ordersProto } };
  },
  semantics(target) {
    const { connections } = target as GrpcTarget;
    return { connections, codec: 'protobuf, no compression', acks: 'a status for each call', tls: false };
  },
};
