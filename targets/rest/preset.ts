import { join } from 'node:path';
import type { RestRequest, RestTarget } from '../../scenarios/scenario.ts';
import type { ProtocolEntry } from '../driver.ts';
import { restDriver } from './driver.ts';
const headers = { 'content-type': 'application/json', 'idempotency-key': '{{id}}' };
export const restEntry: ProtocolEntry = {
  driver: restDriver,
  resourceNames: () => ({}),
  servicePath: join(import.meta.dirname, 'service.ts'),
  semantics: (t) => ({ connections: (t as RestTarget).connections, tls: false }),
  preset: (_t, _n, operations) => {
    const all: Record<string, RestRequest> = {
      placeOrder: { method: 'POST', path: '/v1/orders', headers: operations.placeOrder?.pattern === 'one-way' ? { ...headers, prefer: 'respond-async' } : headers, body: '{"id":"{{id}}","key":"{{key}}","payload":"{{payload}}"}', expect: { status: [201, 202] } },
      getOrder: { method: 'GET', path: '/v1/orders/{{key}}', headers, expect: { status: [200] } },
      cancelOrder: { method: 'DELETE', path: '/v1/orders/{{key}}', headers, expect: { status: [200] } },
    };
    return { requests: all };
  },
};
