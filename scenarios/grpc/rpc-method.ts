/** The method that a request names, and of which of gRPC's four kinds it is. */
import type { DescMessage } from '@bufbuild/protobuf';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { closestName } from '../../result/closest-name.ts';
import type { ProtoTypes } from './proto-types.ts';

export interface RpcMethod {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly requestType: DescMessage;
  readonly responseType: DescMessage;
  /** Takes a stream of requests. */
  readonly requestStream: boolean;
  /** Answers with a stream. */
  readonly responseStream: boolean;
}

/** `method` is `package.Service/Method`. Throws a BenchError (exit 2) when it is not there. */
export function findMethod({ registry }: ProtoTypes, method: string): RpcMethod {
  const slash = method.indexOf('/');
  const serviceName = method.slice(0, slash);
  const methodName = method.slice(slash + 1);
  const service = registry.getService(serviceName);
  if (service === undefined) {
    const services = [...registry].filter(({ kind }) => kind === 'service').map(({ typeName }) => typeName);
    throw notThere(serviceName, 'service', services);
  }
  const found = service.methods.find(({ name }) => name === methodName);
  if (found === undefined) {
    throw notThere(
      method,
      'method',
      service.methods.map(({ name }) => `${serviceName}/${name}`),
    );
  }
  return {
    path: `/${serviceName}/${methodName}`,
    requestType: found.input,
    responseType: found.output,
    requestStream: found.methodKind === 'client_streaming' || found.methodKind === 'bidi_streaming',
    responseStream: found.methodKind === 'server_streaming' || found.methodKind === 'bidi_streaming',
  };
}

const mostListed = 20;

function notThere(name: string, kind: string, known: readonly string[]): BenchError {
  const closest = closestName(name, known);
  const rest = known.length > mostListed ? ` and ${known.length - mostListed} more` : '';
  const listed =
    known.length === 0 ? `There is no ${kind} at all.` : `It offers ${known.slice(0, mostListed).join(', ')}${rest}.`;
  return new BenchError('unknownMethod', `There is no ${kind} ${name}`, {
    hint: closest === null ? listed : `Did you mean ${closest}? ${listed}`,
    exitCode: exitCodes.usage,
  });
}
