import { join } from 'node:path';
import { ownValue } from '../../result/own-value.ts';
import { defaultPattern, isHandedOver } from '../../result/patterns.ts';
import type { Pattern } from '../../result/result-types.ts';
import type { EncodedBody, PayloadCodec, RestClient, RestRequest, RestTarget } from '../../scenarios/scenario.ts';
import { payloadContentTypes } from '../domain/item-fields.ts';
import { referenceOperations } from '../domain/order-domain.ts';
import { orderItemFields } from '../domain/order-item.ts';
import type { Driver, ProtocolEntry } from '../driver.ts';
import { batchLabel } from '../driver-kit/batch-label.ts';
import { compressionLabel, payloadCodecLabel } from '../driver-kit/codec-label.ts';
import { clientLabel, driverByClient } from '../driver-kit/driver-by-client.ts';
import { batchRequest } from './batch-format.ts';

const json = { 'content-type': 'application/json' };
const requestId = { 'idempotency-key': '{{id}}', 'x-request-id': '{{id}}' };

const requests = {
  placeOrder: {
    method: 'POST',
    path: '/v1/orders',
    headers: { ...json, ...requestId },
    body: '{"id":"{{id}}","key":"{{key}}","payload":"{{payloadJson}}"}',
    expect: { status: [201] },
  },
  getOrder: { method: 'GET', path: '/v1/orders/{{key}}', headers: requestId, expect: { status: [200] } },
  updateOrder: {
    method: 'PUT',
    path: '/v1/orders/{{key}}',
    headers: { ...json, ...requestId },
    body: '{"payload":"{{payloadJson}}"}',
    expect: { status: [200] },
  },
  cancelOrder: { method: 'DELETE', path: '/v1/orders/{{key}}', headers: requestId, expect: { status: [200] } },
  payOrder: {
    method: 'POST',
    path: '/v1/payments',
    headers: { ...json, ...requestId },
    body: '{"id":"{{id}}","account":"{{key}}"}',
    expect: { status: [201] },
  },
  listOrders: { method: 'GET', path: '/v1/orders', headers: requestId, expect: { status: [200] } },
} as const satisfies Record<keyof typeof referenceOperations, RestRequest>;

/** What the bodies hold, for codecs that are not JSON. */
const bodies: Readonly<Record<string, EncodedBody['fields']>> = {
  placeOrder: { id: '{{id}}', key: '{{key}}', payload: '{{payload}}' },
  updateOrder: { payload: '{{payload}}' },
  payOrder: { id: '{{id}}', account: '{{key}}' },
};

function encodedRequest(operation: string, request: RestRequest, codec: PayloadCodec): RestRequest {
  const contentType = payloadContentTypes[codec];
  const headers = { ...request.headers, accept: contentType };
  const fields = ownValue(bodies, operation);
  if (fields === undefined) return { ...request, headers };
  return { ...request, headers: { ...headers, 'content-type': contentType }, encoded: { codec, fields } };
}

/** RFC 7240: the service answers 202 as soon as it has the order on record. */
function handedOver(request: RestRequest): RestRequest {
  return { ...request, headers: { ...request.headers, prefer: 'respond-async' }, expect: { status: [202] } };
}

function itemOf(operation: keyof typeof referenceOperations, isHandedOver: boolean): EncodedBody {
  return { codec: 'json', fields: orderItemFields(operation, isHandedOver) };
}

/** What each is within the array of a batch. */
function batchedRequests(operations: Readonly<Record<string, { readonly pattern: Pattern }>>) {
  const entries = Object.keys(referenceOperations).map((name): [string, RestRequest] => {
    const operation = name as keyof typeof referenceOperations;
    return [
      name,
      { ...batchRequest, encoded: itemOf(operation, isHandedOver(operations[name]?.pattern ?? defaultPattern)) },
    ];
  });
  return Object.fromEntries(entries);
}

const drivers = {
  own: async () => (await import('./driver.ts')).restDriver,
  undici: async () => (await import('./undici-driver.ts')).undiciDriver,
} as const satisfies Record<RestClient, () => Promise<Driver>>;

const packages = { own: null, undici: 'undici' } as const satisfies Record<RestClient, string | null>;

export const restEntry: ProtocolEntry = {
  driver: driverByClient<RestClient>('rest', (target) => (target as RestTarget).client ?? 'own', drivers),
  servicePath: join(import.meta.dirname, 'service.ts'),
  resourceNames: () => ({}),
  preset(target, _names, operations) {
    const { batch, codec = 'json' } = target as RestTarget;
    if (batch !== undefined) return { requests: batchedRequests(operations) };
    const entries = Object.entries<RestRequest>(requests).map(([operation, plain]): [string, RestRequest] => {
      const request = codec === 'json' ? plain : encodedRequest(operation, plain, codec);
      return [
        operation,
        isHandedOver(operations[operation]?.pattern ?? defaultPattern) ? handedOver(request) : request,
      ];
    });
    return { requests: Object.fromEntries(entries) };
  },
  semantics(target) {
    const { connections, address = '', engine, client = 'own', compression, batch, codec } = target as RestTarget;
    return {
      ...(engine === 'native' && { client: clientLabel(client, packages[client]) }),
      protocol: 'HTTP/1.1, keep-alive, no pipelining',
      durability: address === '' ? 'in the memory of the service' : null,
      acks:
        address === ''
          ? 'the answer: 2xx after the work, 202 once the order is on record'
          : 'an answer that is as expected; what it promises is the system’s own',
      connections,
      ...(batch !== undefined && { batching: batchLabel(batch) }),
      codec: `${payloadCodecLabel(codec, address === '' ? 'JSON' : 'bodies as written')}, ${compressionLabel(compression, 'bodies one by one, packed as they are sent')}`,
      tls: /^https:/i.test(address),
    };
  },
};
