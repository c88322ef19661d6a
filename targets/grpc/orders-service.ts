/** Where the orders of gRPC are described, and what their service is called. */
import { join } from 'node:path';

export const ordersProto = join(import.meta.dirname, 'orders.proto');
export const ordersService = 'wirebench.orders.v1.Orders';
