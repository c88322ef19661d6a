/** Checks of a gRPC target: its calls; of an own system where its types come from, its metadata, and what its files tell. */
import { createRequire } from 'node:module';
import { beside } from '../../../result/beside.ts';
import { metadataProblem } from '../../grpc/metadata-problem.ts';
import { largestProtoBytes } from '../../named-file.ts';
import { checkFile, checkFolder } from '../../schema/check-file.ts';
import type { TargetCheck } from '../protocol-definition.ts';
import type { TypedTarget } from './check-requests.ts';

interface CallingTarget {
  readonly address?: string | undefined;
  readonly engine: string;
  readonly client: string;
  readonly calls: 'unary' | 'stream';
  readonly batch?: { readonly maxMessages: number } | undefined;
  readonly instances?: number | undefined;
}

/** Messages on streams that stay: of our client and service alone, each by itself. */
export function checkCalls({ report }: TargetCheck, target: CallingTarget): void {
  const { address, engine, client, calls, batch, instances = 1 } = target;
  if (instances > 1 && address === undefined && engine === 'native' && client === 'grpc-js') {
    report({ path: ['instances'], message: 'is for client: own; grpc-js dials one address', atKey: true });
  }
  if (calls !== 'stream') return;
  const refuse = (message: string) => report({ path: ['calls'], message, atKey: true });
  if (address !== undefined)
    refuse('stream is for our reference service; of your own system, methods with a single answer can be called');
  if (engine !== 'native') refuse(`stream is for the native engine; ${engine} makes unary calls`);
  if (client !== 'own') refuse(`stream is for client: own; ${client} makes unary calls`);
  if ((batch?.maxMessages ?? 1) > 1)
    refuse('stream sends each operation as a message of its own, batch several in one: leave one of them out');
}

/** Of an own system. */
export function checkTypes(context: TargetCheck, target: TypedTarget): void {
  const { report, directory, has } = context;
  const { proto, protoset, reflection, importPaths = [] } = target;
  const sources = ['proto', 'protoset', 'reflection'].filter((key) => has([key]));
  if (sources.length === 0)
    report({ path: [], message: 'needs proto: <file>, protoset: <file> or reflection: true', atKey: true });
  const [first, second] = [proto && 'proto', protoset && 'protoset', reflection && 'reflection'].filter((key) => key);
  if (first !== undefined && second) {
    const message = `${first} already says what the server offers; only one of them can be`;
    report({ path: [second], message, atKey: true });
    return;
  }
  if (target.importPaths !== undefined && proto === undefined) {
    report({ path: ['importPaths'], message: 'is for proto', atKey: true });
  }
  const areThere = [
    ...[proto ?? []].flat().map((file, index) => {
      const place = ['proto', ...(typeof proto === 'string' ? [] : [index])];
      return checkFile(directory, file, place, report, { mostBytes: largestProtoBytes });
    }),
    ...importPaths.map((folder, index) => checkFolder(directory, folder, ['importPaths', index], report)),
  ];
  checkMetadata(context, target);
  if (areThere.includes(false) || (proto ?? protoset) === undefined) return;
  const load = createRequire(import.meta.url);
  const { checkGrpcRequests } = load(beside(import.meta.url, 'check-requests')) as typeof import('./check-requests.ts');
  for (const finding of checkGrpcRequests(target, directory, context.operationNames)) report(finding);
}

function checkMetadata({ report }: TargetCheck, target: TypedTarget): void {
  for (const [operation, { metadata, messages, message }] of Object.entries(target.requests ?? {})) {
    const here = ['requests', operation];
    for (const [name, value] of Object.entries(metadata)) {
      const problem = metadataProblem(name, value);
      if (problem !== null) report({ path: [...here, 'metadata', name], ...problem, atKey: true });
    }
    if (messages !== undefined && Object.keys(message).length > 0) {
      report({ path: [...here, 'messages'], message: 'and message exclude each other', atKey: true });
    }
  }
}
