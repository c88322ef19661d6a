/** A target of gRPC, and what its own system is sent. */
import type { BodyCompression } from '../../codecs.ts';
import type { TargetBase } from '../../target-base.ts';

/** Whose code speaks the protocol: the harness's own, or the library that somebody asks about. */
export type GrpcClient = 'own' | 'grpc-js';

export interface GrpcTarget extends TargetBase {
  readonly protocol: 'grpc';
  readonly connections: number;
  /** Of the native engine; absent: `own`. */
  readonly client?: GrpcClient;
  /** Each operation a call, or a message on a stream that stays; absent: unary. */
  readonly calls?: 'unary' | 'stream';
  /** Of messages; absent: none. */
  readonly compression?: BodyCompression<'gzip'>;
  /** Absolute path, or paths, of the user's .proto files; `protoset` is a descriptor set, `reflection` asks the server. */
  readonly proto?: string | readonly string[];
  /** Absolute; absent: those beside and above `proto` alone. */
  readonly importPaths?: readonly string[];
  /** Absolute. */
  readonly protoset?: string;
  /** Absent: the host of the address. */
  readonly authority?: string;
  readonly reflection: boolean;
  readonly requests?: Readonly<Record<string, GrpcRequest>>;
}

export interface GrpcRequest {
  /** `package.Service/Method` */
  readonly method: string;
  readonly message: Readonly<Record<string, unknown>>;
  /** Of a method that takes a stream, in its place. */
  readonly messages?: readonly Readonly<Record<string, unknown>>[];
  /** Of a method that answers with a stream; absent: last. */
  readonly completeAt?: 'first' | 'last';
  readonly metadata: Readonly<Record<string, string>>;
}
