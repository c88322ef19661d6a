/** From a .proto file: each method of its services, with an example of its message. */
import type { DescField, DescMessage, DescMethod } from '@bufbuild/protobuf';
import { typesOfProto } from '../grpc/proto-types.ts';
import { OperationNames, type StartedOperation, type StartedScenario } from './started-scenario.ts';

const deepest = 3;

/** `path`: absolute; `named`: as the scenario is to name it. Throws a BenchError (exit 2). */
export function fromProto(path: string, named: string): StartedScenario {
  const { registry } = typesOfProto([path]);
  const services = [...registry].filter((one) => one.kind === 'service');
  const names = new OperationNames();
  return {
    ...{ origin: named, target: 'rpc', settings: { protocol: 'grpc', address: '127.0.0.1:50051', proto: named } },
    todos: ['TODO: the address; one outside this machine also goes into allowHosts: [host] at the top of this file.'],
    operations: services.flatMap(({ typeName, methods }) =>
      methods.map((method) => operationOf(typeName, method, names)),
    ),
  };
}

function operationOf(service: string, method: DescMethod, names: OperationNames): StartedOperation {
  const message = exampleOf(method.input, 1);
  const takesStream = method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming';
  return {
    name: names.nameFor(method.name),
    weight: 1,
    request: { method: `${service}/${method.name}`, ...(takesStream ? { messages: [message] } : { message }) },
    todos: [
      ...(Object.keys(message).length === 0
        ? []
        : ['TODO: values that mean something; {{id}} and {{key}} are the operation’s.']),
      ...(takesStream ? ['It takes a stream: all messages of one operation, in order.'] : []),
    ],
  };
}

function exampleOf(type: DescMessage, depth: number): Record<string, unknown> {
  const oneofs = new Set<unknown>();
  const fields = type.fields.flatMap((field): [string, unknown][] => {
    if (field.oneof !== undefined && oneofs.has(field.oneof)) return []; // one side of it
    const value = exampleValue(field, depth);
    if (value === undefined) return [];
    if (field.oneof !== undefined) oneofs.add(field.oneof);
    return [[field.jsonName, value]];
  });
  return Object.fromEntries(fields);
}

/** undefined: best left out. */
function exampleValue(field: DescField, depth: number): unknown {
  switch (field.fieldKind) {
    case 'scalar':
      return scalarOf(field);
    case 'enum':
      return field.enum.values.find(({ number }) => number !== 0)?.name ?? field.enum.values[0]?.name;
    case 'message':
      return messageOf(field.message, depth);
    case 'list': {
      const one =
        field.listKind === 'scalar'
          ? scalarOf(field)
          : field.listKind === 'enum'
            ? field.enum.values[0]?.name
            : messageOf(field.message, depth);
      return one === undefined ? undefined : [one];
    }
    case 'map':
      return undefined;
  }
}

const kindOfText = 9;
const kindOfBool = 8;
const kindOfBytes = 12;

/** Of protobuf's own numbers of types. */
function scalarOf({ scalar, name }: DescField): unknown {
  if (scalar === kindOfText) return /(^|_)id$/i.test(name) ? '{{id}}' : /(^|_)key$/i.test(name) ? '{{key}}' : name;
  if (scalar === kindOfBool) return true;
  if (scalar === kindOfBytes) return 'AAEC';
  return 1;
}

const wellKnown: Readonly<Record<string, unknown>> = {
  Timestamp: '2026-01-01T00:00:00Z',
  Duration: '1s',
  Struct: {},
  StringValue: 'text',
  BoolValue: true,
  BytesValue: 'AAEC',
  Empty: {},
};

function messageOf(type: DescMessage, depth: number): unknown {
  if (type.typeName.startsWith('google.protobuf.')) {
    const name = type.typeName.slice('google.protobuf.'.length);
    return wellKnown[name] ?? (/(?:32|64|Float|Double)\w*Value$/.test(name) ? 1 : undefined);
  }
  return depth === deepest ? undefined : exampleOf(type, depth + 1);
}
