/** The REST service in OpenAPI 3.1, made of what its routes and its requests are made of. */
import { type ApiVersion, apiVersions, firstVersion } from '../../scenarios/api-versions.ts';
import { apiKeyHeader } from '../../scenarios/gateway.ts';
import {
  isCreation,
  namesAnOrder,
  operationNames,
  type ReferenceOperation,
  referenceOperations,
} from '../../scenarios/operations.ts';
import type { PayloadCodec } from '../../scenarios/scenario.ts';
import { documentInfo } from '../documents/document-info.ts';
import {
  anyItemSchema,
  itemSchema,
  type JsonSchema,
  noticeSchemas,
  operationIn,
  orderRef,
  orderSchemas,
  replyCodeSchema,
} from '../documents/order-schemas.ts';
import { payloadContentTypes } from '../domain/item-fields.ts';
import { batchPath } from './batch-format.ts';
import { bodyFields, pathOf } from './body-fields.ts';
import { type ProblemCode, problems, problemType, problemTypeOf } from './problem.ts';

export const openApiPath = '/openapi.json';

export interface OpenApiOptions {
  /** Of bodies. */
  readonly codec: PayloadCodec;
  /** It asks who its callers are. */
  readonly isGuarded: boolean;
}

const json = payloadContentTypes.json;
const component = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });
/** Of the first version only once it is deprecated. */
const notices = {
  deprecation: component('headers', 'deprecation'),
  sunset: component('headers', 'sunset'),
};
const schemaOf = (name: string) => component('schemas', name);

export function openApiOf({ codec, isGuarded }: OpenApiOptions): JsonSchema {
  const contentType = payloadContentTypes[codec];
  const paths: Record<string, Record<string, unknown>> = {};
  for (const version of apiVersions) {
    for (const name of operationNames) {
      const operation = referenceOperations[name];
      const path = pathOf(operation.http.path, version).replace('{{key}}', '{id}');
      const described = operationOf(name, operation, version, version === firstVersion ? contentType : json);
      paths[path] = { ...paths[path], [operation.http.method.toLowerCase()]: described };
    }
  }
  return {
    openapi: '3.1.0',
    info: { ...documentInfo('Orders over REST'), license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/', description: 'Where this document is from.' }],
    security: isGuarded ? [{ token: [] }, { apiKey: [] }] : [],
    tags: [{ name: 'orders', description: 'Orders and their payments.' }],
    paths: { ...paths, [batchPath]: { post: batchOperation }, [openApiPath]: { get: documentOperation } },
    components: {
      schemas: {
        ...orderSchemas,
        Item: anyItemSchema,
        Problem: problemSchema,
      },
      headers,
      parameters,
      ...(isGuarded && { securitySchemes }),
    },
  };
}

function operationOf(name: string, operation: ReferenceOperation, version: ApiVersion, contentType: string) {
  const { isRead, canBeHandedOver, http } = operation;
  const fields = bodyFields(operation, version);
  const isOfOne = http.path.includes('{{key}}');
  const named = [
    ...(isOfOne ? ['id'] : []),
    'idempotency-key',
    'x-request-id',
    ...(canBeHandedOver ? ['prefer'] : []),
    ...(isOfOne ? [isRead ? 'if-none-match' : 'if-match'] : []),
  ];
  return {
    operationId: operationIn(name, version),
    summary: summaries[name] ?? name,
    tags: ['orders'],
    parameters: named.map((parameter) => component('parameters', parameter)),
    ...(fields !== null && {
      requestBody: { required: true, content: { [contentType]: { schema: bodySchema(operation, fields) } } },
    }),
    responses: responsesOf(operation, version, contentType, fields !== null),
  };
}

const summaries: Readonly<Record<string, string>> = {
  placeOrder: 'Places an order, called as its sender says; one of that name is placed anew.',
  getOrder: 'One order.',
  updateOrder: 'Writes another payload into an order.',
  cancelOrder: 'Cancels an order, which stays there to be read.',
  listOrders: 'The first orders that there are.',
  payOrder: 'Charges an account.',
};

function bodySchema(operation: ReferenceOperation, fields: Readonly<Record<string, string>>): JsonSchema {
  const { keyField } = operation.http;
  const { properties } = itemSchema(fields) as { readonly properties: Record<string, JsonSchema> };
  const account = { type: 'string', description: 'Whose account is charged.' };
  const required = isCreation(operation) ? ['id', ...(keyField === undefined ? [] : [keyField])] : [];
  return {
    type: 'object',
    properties: { ...properties, ...(keyField !== undefined && { [keyField]: account }) },
    ...(required.length > 0 && { required }),
  };
}

function responsesOf(operation: ReferenceOperation, version: ApiVersion, contentType: string, hasBody: boolean) {
  const { isRead, canBeHandedOver } = operation;
  const isNew = isCreation(operation);
  const isList = !namesAnOrder(operation);
  const isOfOne = !isNew && !isList;
  const done = {
    description: isNew ? 'It is made.' : 'It is done.',
    headers: {
      ...notices,
      ...(!isList && { etag: component('headers', 'etag') }),
      ...(isRead && { 'cache-control': component('headers', 'cache-control') }),
      ...(isNew && operation.carriesPayload && { location: component('headers', 'location') }),
    },
    content: { [contentType]: { schema: orderRef(version, isList) } },
  };
  const preferenceApplied = { 'preference-applied': component('headers', 'preference-applied') };
  return {
    [isNew ? 201 : 200]: done,
    ...(canBeHandedOver && {
      202: { description: 'It is on record, and done afterwards (RFC 7240).', headers: preferenceApplied },
    }),
    ...(isRead && isOfOne && { 304: { description: 'The version that is asked about is the last one.' } }),
    ...problemResponses([
      ...(['invalidRequest', isNew && !operation.carriesPayload ? 'invalidPayment' : 'invalidOrder'] as const),
      'unauthenticated',
      'retired',
      ...(isOfOne ? (['notFound'] as const) : []),
      ...(isOfOne && !isRead ? (['conflict', 'versionChanged'] as const) : []),
      ...(['unavailable', 'notKept', 'callFailed', 'internal'] as const),
    ]),
    ...(hasBody && unreadableBodies),
  };
}

/** By status; what shares one shares its answer. */
function problemResponses(codes: readonly ProblemCode[]) {
  const statuses = [...new Set(codes.map((code) => problems[code]))];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      problemResponse(codes.filter((code) => problems[code] === status).join(', '), status === 503),
    ]),
  );
}

function problemResponse(description: string, mayComeBack = false) {
  return {
    description,
    ...(mayComeBack && { headers: { 'retry-after': component('headers', 'retry-after') } }),
    content: { [problemType]: { schema: schemaOf('Problem') } },
  };
}

const unreadableBodies = {
  413: problemResponse('invalidRequest: the body is longer than the service reads'),
  415: problemResponse('invalidRequest: the body is of another type'),
};

const batchOperation = {
  operationId: 'batch',
  summary: 'Many requests at once, answered when all are done, in their order.',
  tags: ['orders'],
  requestBody: {
    required: true,
    content: {
      [payloadContentTypes.json]: {
        schema: { type: 'array', items: schemaOf('Item') },
      },
    },
  },
  responses: {
    200: {
      description: 'What became of each.',
      content: {
        [payloadContentTypes.json]: {
          schema: {
            type: 'object',
            required: ['codes', 'orders'],
            properties: {
              codes: { type: 'array', items: replyCodeSchema },
              orders: { type: 'array', items: { anyOf: [schemaOf('Order'), schemaOf('Orders'), { type: 'null' }] } },
            },
          },
        },
      },
    },
    ...problemResponses(['invalidRequest', 'invalidBatch', 'unauthenticated', 'internal']),
    ...unreadableBodies,
  },
};

const documentOperation = {
  operationId: 'document',
  summary: 'This document.',
  tags: ['orders'],
  responses: {
    200: {
      description: 'OpenAPI 3.1.',
      content: { [payloadContentTypes.json]: { schema: { type: 'object', additionalProperties: true } } },
    },
    ...problemResponses(['invalidRequest', 'unauthenticated']),
  },
};

const problemSchema: JsonSchema = {
  type: 'object',
  description: 'What is wrong (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: {
      type: 'string',
      enum: codesOf(problems).map(problemTypeOf),
      description: 'Names the kind; it leads nowhere.',
    },
    title: { type: 'string', description: 'What the status is called.' },
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'As of the answer itself.' },
    detail: { type: 'string', description: 'What is wrong with this request.' },
    code: { type: 'string', enum: codesOf(problems), description: 'A stable word for programs.' },
  },
};

function codesOf(table: typeof problems): readonly ProblemCode[] {
  return Object.keys(table) as ProblemCode[];
}

const text = { type: 'string' };
const headers = {
  deprecation: headerOf(noticeSchemas.deprecation),
  sunset: headerOf(noticeSchemas.sunset),
  etag: { description: 'The version of the order (RFC 9110).', schema: { ...text, pattern: '^"\\d+"$' } },
  location: { description: 'Where the new order can be read.', schema: text },
  'cache-control': {
    description: 'Who may keep the answer.',
    schema: { ...text, pattern: '^((private|public), (no-cache|max-age=\\d+)|no-store)$' },
  },
  'preference-applied': { description: 'The preference that was heeded.', schema: { ...text, const: 'respond-async' } },
  'retry-after': { description: 'After how many seconds to come back.', schema: { type: 'integer', minimum: 0 } },
};

function headerOf({ description, ...schema }: JsonSchema) {
  return { description, schema };
}

function header(name: string, description: string) {
  return { name, in: 'header', required: false, description, schema: text };
}

const parameters = {
  id: { name: 'id', in: 'path', required: true, description: 'The order.', schema: text },
  'idempotency-key': header('idempotency-key', 'The same for a request that is sent again.'),
  'x-request-id': header('x-request-id', 'In the place of a missing idempotency-key.'),
  prefer: header('prefer', '`respond-async`: answered as soon as it is on record (RFC 7240).'),
  'if-match': header('if-match', 'Only of this version is the order changed.'),
  'if-none-match': header('if-none-match', 'The version that the caller has: 304 if it is the last one.'),
};

const securitySchemes = {
  token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token of the issuer.' },
  apiKey: { type: 'apiKey', in: 'header', name: apiKeyHeader, description: 'A key that the service knows.' },
};
