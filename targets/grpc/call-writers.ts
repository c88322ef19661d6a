/** What a session sends: a writer for each operation, from the user's files or what the server tells of itself. */
import { fromBinary, toJson } from '@bufbuild/protobuf';
import type { ProtoTypes } from '../../scenarios/grpc/proto-types.ts';
import { findMethod, type RpcMethod } from '../../scenarios/grpc/rpc-method.ts';
import { typesOfTarget } from '../../scenarios/grpc/target-types.ts';
import type { GrpcRequest, GrpcTarget } from '../../scenarios/scenario.ts';
import type { DriverContext } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import { type Endpoint, endpointOf } from '../driver-kit/client-socket.ts';
import { inOperation } from '../driver-kit/in-operation.ts';
import { CallWriter } from './call-writer.ts';
import { badMessage, messageWriter } from './message-writer.ts';

/** `address` is where to dial; the target says what it is called, and how it is secured. */
export function grpcEndpoint(
  address: string,
  { address: named, authority, tls }: Pick<GrpcTarget, 'address' | 'authority' | 'tls'>,
): Endpoint {
  const endpoint = endpointOf(address, named?.replace(/^grpc(s?):/i, 'http$1:'), tls);
  const called = authority === undefined ? endpoint : { ...endpoint, authority };
  return called.tls === null ? called : { ...called, tls: { ...called.tls, alpn: 'h2' } };
}

/** Of these methods, `package.Service/Method` each. Rejects with a BenchError: exit 2, or 3 when reflection gets no answer. */
export async function typesFor(
  target: GrpcTarget,
  endpoint: Endpoint,
  methods: readonly string[],
  signal: AbortSignal,
): Promise<ProtoTypes> {
  const known = typesOfTarget(target);
  if (known !== null) return known;
  const services = new Set(methods.map((method) => method.slice(0, method.indexOf('/'))));
  return (await import('./reflection.ts')).reflectTypes(endpoint, [...services], signal); // brings all of grpc-js
}

/** Rejects with a BenchError that names target and operation: exit 2 for what cannot be sent, 3 when reflection gets no answer. */
export async function writersFor(
  { target, operations, timeoutsMs }: DriverContext,
  endpoint: Endpoint,
  signal: AbortSignal,
  codec: BodyCodec | null = null,
): Promise<CallWriter[]> {
  const requests = operations.map(({ request }) => request as GrpcRequest);
  const methods = requests.map(({ method }) => method);
  const types = await typesFor(target as GrpcTarget, endpoint, methods, signal);
  return operations.map(({ name, index }, n) =>
    inOperation(target.name, name, () => {
      const request = requests[n] as GrpcRequest;
      const method = findMethod(types, request.method);
      const timeoutMs = target.address === undefined ? null : (timeoutsMs?.[index] ?? null);
      const messages = messagesOf(types, method, request);
      const writer = new CallWriter(n, request, method, endpoint, codec, messages, timeoutMs);
      writer.readAnswer = (message) => answerText(types, method, message);
      return writer;
    }),
  );
}

function messagesOf(
  types: ProtoTypes,
  method: RpcMethod,
  { method: name, message, messages, completeAt }: GrpcRequest,
) {
  if (messages !== undefined && !method.requestStream) throw badMessage(`${name} takes one message, not \`messages\``);
  if (completeAt !== undefined && !method.responseStream) throw badMessage(`${name} answers once: no \`completeAt\``);
  return (messages ?? [message]).map((values) => messageWriter(types, method.requestType, values));
}

/** As proto3 JSON; a message that is not what the method answers with, by its size. */
function answerText({ registry }: ProtoTypes, { responseType }: RpcMethod, message: Buffer): string {
  try {
    return JSON.stringify(toJson(responseType, fromBinary(responseType, message), { registry }), null, 2);
  } catch {
    return `(${message.length} bytes that are no ${responseType.typeName})`;
  }
}
