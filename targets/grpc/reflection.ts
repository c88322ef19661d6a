/** The types of a server's services as it tells them itself: gRPC server reflection, v1 or the older v1alpha. */
import { join } from 'node:path';
import { type Client, type ClientDuplexStream, type ServiceError, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import descriptor, { type IFileDescriptorProto } from 'protobufjs/ext/descriptor/index.js';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { Endpoint } from '../driver-kit/client-socket.ts';
import { createGrpcJsClient } from './grpc-js-client.ts';
import { loadProto } from './rpc-method.ts';

const deadlineMs = 10_000;
const versions = ['v1', 'v1alpha'] as const;

interface ReflectionAnswer {
  readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly Uint8Array[] };
  readonly error_response?: { readonly error_code: number; readonly error_message: string };
}
type Asked = { readonly file_by_filename: string } | { readonly file_containing_symbol: string };

/**
 * Resolves with the types that `services` need. Rejects with a BenchError: exit 2 when the server does not know a service
 * or has no reflection, exit 3 when it does not answer.
 */
export async function reflectTypes(
  endpoint: Endpoint,
  services: readonly string[],
  signal: AbortSignal,
): Promise<protobuf.Root> {
  const client = createGrpcJsClient(endpoint);
  const address = `${endpoint.host}:${endpoint.port}`;
  try {
    for (const version of versions) {
      try {
        return rootOf(await filesOf(client, version, services, signal));
      } catch (error) {
        if (error instanceof BenchError) throw error;
        if ((error as ServiceError).code !== status.UNIMPLEMENTED) throw cannotReflect(address, error, exitCodes.stack);
      }
    }
    throw cannotReflect(address, new Error('it has no reflection service'), exitCodes.usage);
  } finally {
    client.close();
  }
}

function cannotReflect(address: string, cause: unknown, exitCode: 2 | 3): BenchError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BenchError('noReflection', `The gRPC server at ${address} does not tell its types: ${why}`, {
    hint: 'Check the address, and that server reflection is on; or give proto: <file> instead.',
    exitCode,
    cause,
  });
}

/** All files that hold the services, and what those import, by name. */
async function filesOf(
  client: Client,
  version: (typeof versions)[number],
  services: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, IFileDescriptorProto>> {
  const conversation = new Conversation(client, version, signal);
  const files = new Map<string, IFileDescriptorProto>();
  try {
    const open: Asked[] = services.map((symbol) => ({ file_containing_symbol: symbol }));
    for (let asked = open.shift(); asked !== undefined; asked = open.shift()) {
      if ('file_by_filename' in asked && files.has(asked.file_by_filename)) continue;
      const answer = await conversation.ask(asked);
      const { error_response: error, file_descriptor_response: found } = answer;
      if (error !== undefined || found === undefined) throw unknownTo(asked, error?.error_message ?? 'no answer');
      for (const bytes of found.file_descriptor_proto) {
        const file = descriptor.FileDescriptorProto.decode(bytes) as protobuf.Message & IFileDescriptorProto;
        files.set(file.name ?? '', file);
        for (const name of (file.dependency ?? []) as string[]) open.push({ file_by_filename: name });
      }
    }
    return files;
  } finally {
    conversation.end();
  }
}

function unknownTo(asked: Asked, why: string): BenchError {
  const [name] = Object.values(asked);
  return new BenchError('unknownMethod', `The server's reflection does not know ${name}: ${why}`, {
    hint: 'Check the service in `method`, package included.',
    exitCode: exitCodes.usage,
  });
}

function rootOf(files: ReadonlyMap<string, IFileDescriptorProto>): protobuf.Root {
  const set = descriptor.FileDescriptorSet.create({ file: [...files.values()] });
  const { fromDescriptor } = protobuf.Root as unknown as { fromDescriptor(set: protobuf.Message): protobuf.Root };
  const root = fromDescriptor(set);
  root.resolveAll();
  return root;
}

/** One question at a time over one stream. */
class Conversation {
  readonly #stream: ClientDuplexStream<Asked, ReflectionAnswer>;
  #waiting: { readonly resolve: (answer: ReflectionAnswer) => void; readonly reject: (error: Error) => void } | null =
    null;
  #error: Error | null = null;

  constructor(client: Client, version: string, signal: AbortSignal) {
    const types = loadProto(join(import.meta.dirname, 'reflection.proto'));
    const request = types.lookupType('wirebench.reflection.ReflectionRequest');
    const response = types.lookupType('wirebench.reflection.ReflectionResponse');
    this.#stream = client.makeBidiStreamRequest<Asked, ReflectionAnswer>(
      `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      (asked) => Buffer.from(request.encode(request.fromObject(asked)).finish()),
      (bytes) => response.toObject(response.decode(bytes)) as ReflectionAnswer,
      { deadline: Date.now() + deadlineMs },
    );
    const cancel = () => this.#stream.cancel();
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    this.#stream.on('status', () => signal.removeEventListener('abort', cancel));
    this.#stream.on('data', (answer: ReflectionAnswer) => this.#waiting?.resolve(answer));
    this.#stream.on('error', (error) => this.#fail(error));
    this.#stream.on('end', () => this.#fail(new Error('it ended the conversation')));
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#waiting?.reject(this.#error);
  }

  ask(asked: Asked): Promise<ReflectionAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#error !== null) return reject(this.#error);
      this.#waiting = { resolve, reject };
      this.#stream.write(asked);
    });
  }

  end(): void {
    this.#waiting = null;
    this.#stream.end();
  }
}
