/** One connection of grpc-js. When it is lost another takes its place, after the same waits as for our own client. */
import {
  type CallOptions,
  type Client,
  type ClientDuplexStream,
  type ClientUnaryCall,
  compressionAlgorithms,
  connectivityState,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import type { BodyCompression } from '../../scenarios/scenario.ts';
import type { Endpoint } from '../driver-kit/client-socket.ts';
import type { KeptConnection } from '../driver-kit/connection-keeper.ts';
import { largestMessageBytes } from './grpc-answer.ts';
import { createGrpcJsClient } from './grpc-js-client.ts';
import { sendsPlain } from './plain-message.ts';

const usual: CallOptions = {};
const plain: CallOptions = { interceptors: [sendsPlain] };

export interface GrpcJsOwner {
  ready(connection: GrpcJsConnection): void;
  /** Calls that are in flight end by themselves. `cause`: why it never got ready, if the library says so. */
  lost(connection: GrpcJsConnection, reason: string, cause: Error | null): void;
}

export class GrpcJsConnection implements KeptConnection {
  readonly index: number;
  readonly #owner: GrpcJsOwner;
  readonly #client: Client;
  /** Shorter messages go as they are. */
  readonly #minBytes: number;
  #isReady = false;
  #closed = false;

  constructor(index: number, endpoint: Endpoint, compression: BodyCompression<'gzip'> | undefined, owner: GrpcJsOwner) {
    this.index = index;
    this.#minBytes = compression?.minBytes ?? 0;
    this.#owner = owner;
    this.#client = createGrpcJsClient(endpoint, {
      'grpc.use_local_subchannel_pool': 1, // or all clients would share one connection
      'grpc.enable_retries': 0, // the scenario's policy is what counts
      'grpc.max_receive_message_length': largestMessageBytes,
      'grpc.max_send_message_length': -1,
      'grpc.default_compression_algorithm': compressionAlgorithms[compression?.codec ?? 'identity'],
    });
    this.#watch();
  }

  /** Also makes it connect. */
  #watch(): void {
    const channel = this.#client.getChannel();
    const state = channel.getConnectivityState(true);
    channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, () => this.#changed());
  }

  #changed(): void {
    if (this.#closed) return;
    const state = this.#client.getChannel().getConnectivityState(false);
    if (state === connectivityState.READY) {
      this.#isReady = true;
      this.#watch();
      this.#owner.ready(this);
    } else if (this.#isReady) this.#lost('connection closed', null);
    else if (state === connectivityState.TRANSIENT_FAILURE) this.#askWhy();
    else this.#watch();
  }

  /** Only a call is told why there is no connection; without one it fails before it is sent. */
  #askWhy(): void {
    this.call('/', Buffer.alloc(0), new Metadata(), (error) => {
      const why = /Last error: (?:Error: )?(.+?)\. Resolution note/.exec(error?.details ?? '')?.[1];
      if (!this.#closed) this.#lost('no connection', why === undefined ? null : new Error(why));
    });
  }

  #lost(reason: string, cause: Error | null): void {
    this.#end();
    this.#owner.lost(this, reason, cause);
  }

  /** `timeoutMs` is what the peer is told; null: nothing. */
  call(
    path: string,
    message: Buffer,
    metadata: Metadata,
    ended: (error: ServiceError | null) => void,
    timeoutMs: number | null = null,
  ): ClientUnaryCall {
    const options = optionsOf(message.length < this.#minBytes ? plain : usual, timeoutMs);
    return this.#client.makeUnaryRequest(path, asItIs, asItIs, message, metadata, options, ended);
  }

  /** A call of any number of messages either way: all are sent, then our side is at its end. */
  stream(
    path: string,
    messages: readonly Buffer[],
    metadata: Metadata,
    listener: { message(): void; ended(error: ServiceError | null): void },
    timeoutMs: number | null,
  ): ClientDuplexStream<Buffer, Buffer> {
    const options = optionsOf(usual, timeoutMs);
    const stream = this.#client.makeBidiStreamRequest(path, asItIs, asItIs, metadata, options);
    let isOver = false;
    const end = (error: ServiceError | null) => {
      if (!isOver) listener.ended(error);
      isOver = true;
    };
    stream.on('data', () => listener.message());
    stream.on('error', (error: ServiceError) => end(error));
    stream.on('end', () => setImmediate(end, null)); // an error comes behind it
    // What is smaller than is worth it goes as it is: NoCompress of the write flags.
    for (const message of messages) {
      if (message.length < this.#minBytes) stream.write({ message, flags: 2 } as unknown as Buffer);
      else stream.write(message);
    }
    stream.end();
    return stream;
  }

  #end(): void {
    this.#closed = true;
    this.#client.close();
  }

  async close(): Promise<void> {
    if (!this.#closed) this.#end();
  }
}

function optionsOf(options: CallOptions, timeoutMs: number | null): CallOptions {
  return timeoutMs === null ? options : { ...options, deadline: Date.now() + timeoutMs };
}

/** Our writer has made the message, and of the answer only its end counts. */
function asItIs(bytes: Buffer): Buffer {
  return bytes;
}
