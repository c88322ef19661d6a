import { beside } from '../../result/beside.ts';
import type { ApiVersion } from '../../scenarios/api-versions.ts';
import { isCreation, type ReferenceOperation } from '../../scenarios/operations.ts';
import type { PayloadCodec, RestClient, RestRequest, RestTarget } from '../../scenarios/scenario.ts';
import { payloadContentTypes } from '../domain/item-fields.ts';
import { orderItemFields } from '../domain/order-item.ts';
import type { Driver, ProtocolEntry } from '../driver.ts';
import { batchLabel } from '../driver-kit/batch-label.ts';
import { clientLabel } from '../driver-kit/client-label.ts';
import { compressionLabel, payloadCodecLabel } from '../driver-kit/codec-label.ts';
import { driverByClient } from '../driver-kit/driver-by-client.ts';
import { durabilityLabel } from '../driver-kit/durability-label.ts';
import { presetRequests } from '../driver-kit/preset-requests.ts';
import { runtimeLabel } from '../driver-kit/runtime-label.ts';
import { tlsLabel } from '../driver-kit/tls-label.ts';
import { batchRequest } from './batch-format.ts';
import { bodyFields, pathOf } from './body-fields.ts';
import { restSubscriber } from './subscriber.ts';

const requestId = { 'idempotency-key': '{{id}}', 'x-request-id': '{{id}}' };

function requestFor(
  operation: ReferenceOperation,
  isHandedOver: boolean,
  codec: PayloadCodec,
  version: ApiVersion | undefined,
): RestRequest {
  const { method, path } = operation.http;
  const fields = bodyFields(operation, version);
  const contentType = payloadContentTypes[codec];
  return {
    method,
    path: pathOf(path, version),
    headers: {
      ...(fields !== null && { 'content-type': contentType }),
      ...requestId,
      ...(codec !== 'json' && { accept: contentType }),
      ...(isHandedOver && { prefer: 'respond-async' }),
    },
    ...(fields !== null && { body: jsonTemplate(fields), ...(codec !== 'json' && { encoded: { codec, fields } }) }),
    // RFC 7240: the service answers 202 as soon as it has the order on record.
    expect: { status: [isHandedOver ? 202 : isCreation(operation) ? 201 : 200] },
  };
}

function jsonTemplate(fields: Readonly<Record<string, string>>): string {
  const texts = Object.entries(fields).map(([name, value]) => `"${name}":"${value.replace('payload', 'payloadJson')}"`);
  return `{${texts.join(',')}}`;
}

/** What it is within the array of a batch. */
function batchedRequest(operation: ReferenceOperation, isHandedOver: boolean): RestRequest {
  return { ...batchRequest, encoded: { codec: 'json', fields: orderItemFields(operation, isHandedOver) } };
}

const drivers = {
  own: async () => (await import('./driver.ts')).restDriver,
  undici: async () => (await import('./undici-driver.ts')).undiciDriver,
} as const satisfies Record<RestClient, () => Promise<Driver>>;

const packages = { own: null, undici: 'undici' } as const satisfies Record<RestClient, string | null>;

function reuseLabel(requests: number | undefined): string {
  if (requests === undefined) return 'keep-alive';
  return requests === 1 ? 'a connection for each request' : `a new connection after ${requests} requests`;
}

export const restEntry: ProtocolEntry = {
  driver: driverByClient<RestClient>('rest', (target) => (target as RestTarget).client ?? 'own', drivers),
  subscriber: restSubscriber,
  evolution: async () => (await import('./evolution-wire.ts')).restEvolutionWire,
  servicePath: beside(import.meta.url, 'service'),
  resourceNames: () => ({}),
  preset(target, _names, operations) {
    const { batch, codec = 'json' } = target as RestTarget;
    const write = (operation: ReferenceOperation, isHandedOver: boolean, version: ApiVersion | undefined) =>
      batch === undefined
        ? requestFor(operation, isHandedOver, codec, version)
        : batchedRequest(operation, isHandedOver);
    return { requests: presetRequests(operations, write) };
  },
  semantics(target) {
    const {
      connections,
      address = '',
      engine,
      client = 'own',
      compression,
      batch,
      codec,
      reuse,
      http,
    } = target as RestTarget;
    return {
      ...runtimeLabel(target, 'rest', 'fastify'),
      ...(engine === 'native' && { client: clientLabel(client, packages[client]) }),
      protocol: http === 2 ? `HTTP/2, ${reuseLabel(reuse)}` : `HTTP/1.1, ${reuseLabel(reuse)}, no pipelining`,
      durability: durabilityLabel(target),
      acks:
        address === ''
          ? 'the answer: 2xx after the work, 202 once the order is on record'
          : 'an answer that is as expected; what it promises is the system’s own',
      connections,
      ...(batch !== undefined && { batching: batchLabel(batch) }),
      compression: compression?.codec ?? 'none',
      codec: `${payloadCodecLabel(codec, address === '' ? 'JSON' : 'bodies as written')}, ${compressionLabel(compression, 'bodies one by one, packed as they are sent')}`,
      tls: tlsLabel(target),
    };
  },
};
