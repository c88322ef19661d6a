/**
 * Requests of gRPC held against the types that the target's files tell. Loaded only for a scenario that has such a
 * target: the libraries that read .proto files take longer to load than all else.
 */
import { resolve } from 'node:path';
import type { z } from 'zod';
import { BenchError } from '../../../result/bench-error.ts';
import { checkMessage } from '../../grpc/message-check.ts';
import type { ProtoTypes } from '../../grpc/proto-types.ts';
import { findMethod } from '../../grpc/rpc-method.ts';
import { typesOfTarget } from '../../grpc/target-types.ts';
import { NamedFileError } from '../../named-file.ts';
import type { Finding, Path } from '../../schema/problem.ts';
import type { grpcRequest } from './request-schema.ts';

type FileRequest = z.output<typeof grpcRequest>;

/** As in the file. */
export interface TypedTarget {
  readonly proto?: string | string[] | undefined;
  readonly protoset?: string | undefined;
  readonly importPaths?: string[] | undefined;
  readonly reflection: boolean;
  readonly requests?: Readonly<Record<string, FileRequest>> | undefined;
}

/** `operations`: those of the workload. Paths begin at the target. */
export function checkGrpcRequests(target: TypedTarget, directory: string, operations: readonly string[]): Finding[] {
  let types: ProtoTypes | null;
  const { proto, protoset, importPaths } = target;
  try {
    types = typesOfTarget({
      ...(proto !== undefined && { proto: [proto].flat().map((file) => resolve(directory, file)) }),
      ...(protoset !== undefined && { protoset: resolve(directory, protoset) }),
      ...(importPaths !== undefined && { importPaths: importPaths.map((folder) => resolve(directory, folder)) }),
    });
  } catch (error) {
    const key = protoset === undefined ? 'proto' : 'protoset';
    return [{ path: [key], ...saidBy(error, protoset) }];
  }
  if (types === null) return [];
  const known = types;
  return Object.entries(target.requests ?? {}).flatMap(([operation, request]) =>
    operations.includes(operation) ? checkRequest(known, request, ['requests', operation]) : [],
  );
}

function saidBy(error: unknown, protoset?: string): Pick<Finding, 'message' | 'suggestion'> {
  if (error instanceof NamedFileError) return { message: `"${protoset}" ${error.message}` };
  if (!(error instanceof BenchError)) throw error;
  return { message: error.message, suggestion: error.hint };
}

function checkRequest(types: ProtoTypes, request: FileRequest, path: Path): Finding[] {
  let method: ReturnType<typeof findMethod>;
  try {
    method = findMethod(types, request.method);
  } catch (error) {
    return [{ path: [...path, 'method'], ...saidBy(error) }];
  }
  const findings: Finding[] = [];
  if (request.messages !== undefined && !method.requestStream) {
    const message = `is for a method that takes a stream; ${request.method} takes one message`;
    findings.push({ path: [...path, 'messages'], message, suggestion: 'write message: { … }', atKey: true });
  }
  if (request.completeAt !== undefined && !method.responseStream) {
    const message = `is for a method that answers with a stream; ${request.method} answers once`;
    findings.push({ path: [...path, 'completeAt'], message, atKey: true });
  }
  const check = (values: unknown, at: Path) => {
    for (const problem of checkMessage(types, method.requestType, values)) {
      findings.push({ ...problem, path: [...at, ...problem.path] });
    }
  };
  if (request.messages === undefined) check(request.message, [...path, 'message']);
  else request.messages.forEach((values, index) => void check(values, [...path, 'messages', index]));
  return findings;
}
