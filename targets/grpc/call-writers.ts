/** What a session sends: a writer for each operation, from the user's .proto or what the server tells of itself. */
import type { GrpcRequest, GrpcTarget } from '../../scenarios/scenario.ts';
import type { DriverContext } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import { type Endpoint, endpointOf } from '../driver-kit/client-socket.ts';
import { CallWriter } from './call-writer.ts';
import { findMethod, loadProto } from './rpc-method.ts';

/** `address` is where to dial; `named` the target's own address. */
export function grpcEndpoint(address: string, named: string | undefined): Endpoint {
  const endpoint = endpointOf(address, named?.replace(/^grpc(s?):/i, 'http$1:'));
  return endpoint.tls === null ? endpoint : { ...endpoint, tls: { ...endpoint.tls, alpn: 'h2' } };
}

/** Rejects with a BenchError: exit 2 for what cannot be sent, 3 when reflection gets no answer. */
export async function writersFor(
  { target, operations }: DriverContext,
  endpoint: Endpoint,
  signal: AbortSignal,
  codec: BodyCodec | null = null,
): Promise<CallWriter[]> {
  const { proto } = target as GrpcTarget;
  const requests = operations.map(({ request }) => request as GrpcRequest);
  const services = new Set(requests.map(({ method }) => method.slice(0, method.indexOf('/'))));
  const root =
    proto === undefined
      ? await (await import('./reflection.ts')).reflectTypes(endpoint, [...services], signal) // brings all of grpc-js
      : loadProto(proto);
  return requests.map(
    (request, index) => new CallWriter(index, request, findMethod(root, request.method), endpoint, codec),
  );
}
