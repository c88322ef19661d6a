/** A .proto is the document of its service: it says of every part what it is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { expect, it } from 'vitest';
import { ordersProto, ordersProtoV2 } from '../grpc/orders-service.ts';

const protos = [ordersProto, ordersProtoV2, join(import.meta.dirname, '..', 'domain', 'order-item.proto')];

it.each(protos)('%s has a comment on each message, field, service and method', (path) => {
  const { root } = protobuf.parse(readFileSync(path, 'utf8'), { alternateCommentMode: true, keepCase: true });
  const parts = [...partsOf(root)];
  expect(parts.length).toBeGreaterThan(10);
  expect(parts.filter(({ comment }) => !comment).map(({ fullName }) => fullName)).toEqual([]);
});

function* partsOf(space: protobuf.NamespaceBase): Generator<protobuf.ReflectionObject> {
  for (const nested of space.nestedArray) {
    if (nested instanceof protobuf.Type) yield* [nested, ...nested.fieldsArray, ...nested.oneofsArray];
    if (nested instanceof protobuf.Service) yield* [nested, ...nested.methodsArray];
    if (nested instanceof protobuf.Enum) yield nested;
    if (nested instanceof protobuf.Namespace) yield* partsOf(nested);
  }
}
