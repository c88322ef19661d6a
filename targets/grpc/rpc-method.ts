/** What a method takes: from the user's .proto or from what the server says of itself. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import protobuf from 'protobufjs';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { closestName } from '../../result/closest-name.ts';
import { ownValue } from '../../result/own-value.ts';
import { inspectNamedFile, largestProtoBytes, NamedFileError } from '../../scenarios/named-file.ts';

export interface RpcMethod {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly requestType: protobuf.Type;
  /** Takes a stream of requests; a call sends one. */
  readonly requestStream: boolean;
}

/** Throws a BenchError (exit 2) when the file cannot be read as a .proto. */
export function loadProto(path: string): protobuf.Root {
  const root = new protobuf.Root();
  root.resolvePath = (origin, target) => {
    const found = importedFrom(path, origin, target);
    if (existsSync(found)) inspectProto(found);
    return found;
  };
  try {
    root.loadSync(path, { keepCase: true }).resolveAll();
    return root;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BenchError('badProto', `${path} cannot be read as a .proto: ${why}`, {
      hint: 'Imports are looked for beside the file and in the folders above it.',
      exitCode: exitCodes.usage,
      cause,
    });
  }
}

/** An import is as little to be trusted as the file that names it. */
function inspectProto(path: string): void {
  try {
    inspectNamedFile(path, largestProtoBytes);
  } catch (cause) {
    throw cause instanceof NamedFileError ? new Error(`${path} ${cause.message}`) : cause;
  }
}

/** protoc takes imports from its include folders: here those are the folders that the first file is in. */
function importedFrom(first: string, origin: string, target: string): string {
  if (isAbsolute(target)) return target;
  const beside = origin === '' ? resolve(target) : join(dirname(origin), target);
  if (existsSync(beside)) return beside;
  for (let folder = dirname(first); ; folder = dirname(folder)) {
    const path = join(folder, target);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return target; // one of those that protobufjs brings, or not there
  }
}

/** `method` is `package.Service/Method`. Throws a BenchError (exit 2) when it is not there or does not answer so. */
export function findMethod(root: protobuf.Root, method: string, answer: 'once' | 'both ways' = 'once'): RpcMethod {
  const slash = method.indexOf('/');
  const serviceName = method.slice(0, slash);
  const methodName = method.slice(slash + 1);
  const found = root.lookup(serviceName, [protobuf.Service]);
  if (!(found instanceof protobuf.Service)) throw notThere(serviceName, 'service', servicesOf(root));
  const rpc = ownValue(found.methods, methodName);
  if (rpc === undefined)
    throw notThere(
      method,
      'method',
      Object.keys(found.methods).map((name) => `${serviceName}/${name}`),
    );
  if (rpc.responseStream && answer === 'once') {
    throw new BenchError('streamingMethod', `${method} answers with a stream`, {
      hint: 'Only methods with a single answer can be put under load.',
      exitCode: exitCodes.usage,
    });
  }
  rpc.resolve();
  const requestType = rpc.resolvedRequestType;
  if (requestType === null) throw notThere(rpc.requestType, 'message', []);
  return { path: `/${found.fullName.slice(1)}/${methodName}`, requestType, requestStream: rpc.requestStream === true };
}

function servicesOf(namespace: protobuf.NamespaceBase): string[] {
  return namespace.nestedArray.flatMap((nested) => {
    if (nested instanceof protobuf.Service) return [nested.fullName.slice(1)];
    return nested instanceof protobuf.Namespace ? servicesOf(nested) : [];
  });
}

function notThere(name: string, kind: string, known: readonly string[]): BenchError {
  const closest = closestName(name, known);
  const listed = known.length === 0 ? 'It offers none.' : `It offers ${known.join(', ')}.`;
  return new BenchError('unknownMethod', `There is no ${kind} ${name}`, {
    hint: closest === null ? listed : `Did you mean ${closest}? ${listed}`,
    exitCode: exitCodes.usage,
  });
}
