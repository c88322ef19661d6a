/** Where the orders of gRPC are described, and what their service is called. */
import { join } from 'node:path';
import { type ApiVersion, firstVersion } from '../../scenarios/api-versions.ts';

export const ordersProto = join(import.meta.dirname, 'orders.proto');
export const ordersProtoV2 = join(import.meta.dirname, 'orders-v2.proto');

export const ordersServices = {
  1: 'wirebench.orders.v1.Orders',
  2: 'wirebench.orders.v2.Orders',
} as const satisfies Record<ApiVersion, string>;
export const ordersService = ordersServices[firstVersion];
