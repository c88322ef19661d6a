/** An own system of gRPC: where its types come from, its metadata, and what its files tell of the requests. */
import { createRequire } from 'node:module';
import { beside } from '../../result/beside.ts';
import { metadataProblem } from '../grpc/metadata-problem.ts';
import { largestProtoBytes } from '../named-file.ts';
import type { CheckContext } from './check-context.ts';
import { checkFile, checkFolder } from './check-file.ts';
import type { GrpcFileTarget } from './check-grpc.ts';
import type { Path } from './problem.ts';

export function checkGrpcTarget(context: CheckContext, target: GrpcFileTarget, path: Path): void {
  const { report, directory, has } = context;
  const { proto, protoset, reflection, importPaths = [] } = target;
  const sources = ['proto', 'protoset', 'reflection'].filter((key) => has([...path, key]));
  if (sources.length === 0)
    report({ path, message: 'needs proto: <file>, protoset: <file> or reflection: true', atKey: true });
  const [first, second] = [proto && 'proto', protoset && 'protoset', reflection && 'reflection'].filter((key) => key);
  if (first !== undefined && second) {
    const message = `${first} already says what the server offers; only one of them can be`;
    report({ path: [...path, second], message, atKey: true });
    return;
  }
  if (target.importPaths !== undefined && proto === undefined) {
    report({ path: [...path, 'importPaths'], message: 'is for proto', atKey: true });
  }
  const areThere = [
    ...[proto ?? []].flat().map((file, index) => {
      const place = [...path, 'proto', ...(typeof proto === 'string' ? [] : [index])];
      return checkFile(directory, file, place, report, { mostBytes: largestProtoBytes });
    }),
    ...importPaths.map((folder, index) => checkFolder(directory, folder, [...path, 'importPaths', index], report)),
  ];
  checkMetadata(context, target, path);
  if (areThere.includes(false) || (proto ?? protoset) === undefined) return;
  const load = createRequire(import.meta.url);
  const { checkGrpcRequests } = load(beside(import.meta.url, 'check-grpc')) as typeof import('./check-grpc.ts');
  for (const finding of checkGrpcRequests(target, directory, path, context.operationNames)) report(finding);
}

function checkMetadata({ report }: CheckContext, target: GrpcFileTarget, path: Path): void {
  for (const [operation, { metadata, messages, message }] of Object.entries(target.requests ?? {})) {
    const here = [...path, 'requests', operation];
    for (const [name, value] of Object.entries(metadata)) {
      const problem = metadataProblem(name, value);
      if (problem !== null) report({ path: [...here, 'metadata', name], ...problem, atKey: true });
    }
    if (messages !== undefined && Object.keys(message).length > 0) {
      report({ path: [...here, 'messages'], message: 'and message exclude each other', atKey: true });
    }
  }
}
