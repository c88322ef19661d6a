/** The types of a server's services as it tells them itself: gRPC server reflection, v1 or the older v1alpha. */
import { join } from 'node:path';
import { type DescMessage, fromBinary, fromJson, type JsonObject, toBinary, toJson } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { type Client, type ClientDuplexStream, type ServiceError, status } from '@grpc/grpc-js';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { isBuiltIn, type ProtoTypes, typesOf, typesOfProto } from '../../scenarios/grpc/proto-types.ts';
import type { Endpoint } from '../driver-kit/client-socket.ts';
import { createGrpcJsClient } from './grpc-js-client.ts';

const deadlineMs = 10_000;
/** More than any server has: one that makes up new ones for ever is left. */
const mostFiles = 5_000;
const mostBytes = 64 * 1024 ** 2;
const versions = ['v1', 'v1alpha'] as const;

interface ReflectionAnswer {
  /** Files in base64. */
  readonly file_descriptor_response?: { readonly file_descriptor_proto?: readonly string[] };
  readonly error_response?: { readonly error_code?: number; readonly error_message?: string };
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
): Promise<ProtoTypes> {
  const client = createGrpcJsClient(endpoint);
  const address = `${endpoint.host}:${endpoint.port}`;
  try {
    for (const version of versions) {
      try {
        return typesOf(await filesOf(client, version, services, signal), `the server at ${address}`);
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

/** All files that hold the services, and what those import. */
async function filesOf(
  client: Client,
  version: (typeof versions)[number],
  services: readonly string[],
  signal: AbortSignal,
): Promise<FileDescriptorProto[]> {
  const conversation = new Conversation(client, version, signal);
  const files = new Map<string, FileDescriptorProto>();
  let bytes = 0;
  try {
    const open: Asked[] = services.map((symbol) => ({ file_containing_symbol: symbol }));
    for (let asked = open.shift(); asked !== undefined; asked = open.shift()) {
      if ('file_by_filename' in asked && (files.has(asked.file_by_filename) || isBuiltIn(asked.file_by_filename)))
        continue;
      const { file_descriptor_response: found, error_response: error } = await conversation.ask(asked);
      if (error !== undefined || found === undefined) throw unknownTo(asked, error?.error_message ?? 'no answer');
      const before = files.size;
      for (const one of found.file_descriptor_proto ?? []) {
        bytes += one.length;
        if (files.size > mostFiles || bytes > mostBytes) throw endless();
        const file = fileIn(one);
        if (files.has(file.name)) continue;
        files.set(file.name, file);
        for (const name of file.dependency) open.push({ file_by_filename: name });
      }
      const isAnswered = 'file_by_filename' in asked ? files.has(asked.file_by_filename) : files.size > 0;
      if (!isAnswered && files.size === before) throw unknownTo(asked, 'it sent something else');
    }
    return [...files.values()];
  } finally {
    conversation.end();
  }
}

function fileIn(base64: string): FileDescriptorProto {
  try {
    return fromBinary(FileDescriptorProtoSchema, Buffer.from(base64, 'base64'));
  } catch (cause) {
    throw new BenchError('badReflection', 'The server’s reflection sent what is no file descriptor', {
      hint: 'Give proto: <file> or protoset: <file> instead.',
      exitCode: exitCodes.usage,
      cause,
    });
  }
}

function endless(): BenchError {
  const message = `The server’s reflection goes on past ${mostFiles} files or ${mostBytes / 1024 ** 2} MiB`;
  const hint = 'Give proto: <file> or protoset: <file> instead.';
  return new BenchError('badReflection', message, { hint, exitCode: exitCodes.usage });
}

function unknownTo(asked: Asked, why: string): BenchError {
  const [name] = Object.values(asked);
  return new BenchError('unknownMethod', `The server's reflection does not know ${name}: ${why}`, {
    hint: 'Check the service in `method`, package included.',
    exitCode: exitCodes.usage,
  });
}

/** One question at a time over one stream. */
class Conversation {
  readonly #stream: ClientDuplexStream<Asked, ReflectionAnswer>;
  #waiting: { readonly resolve: (answer: ReflectionAnswer) => void; readonly reject: (error: Error) => void } | null =
    null;
  #error: Error | null = null;

  constructor(client: Client, version: string, signal: AbortSignal) {
    const { registry } = typesOfProto([join(import.meta.dirname, 'reflection.proto')]);
    const request = registry.getMessage('wirebench.reflection.ReflectionRequest') as DescMessage;
    const response = registry.getMessage('wirebench.reflection.ReflectionResponse') as DescMessage;
    this.#stream = client.makeBidiStreamRequest<Asked, ReflectionAnswer>(
      `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      (asked) => Buffer.from(toBinary(request, fromJson(request, asked as JsonObject))),
      (bytes) => toJson(response, fromBinary(response, bytes), { useProtoFieldName: true }) as ReflectionAnswer,
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
