/** One connection of grpc-js. When it is lost another takes its place, after the same waits as for our own client. */
import {
  type CallOptions,
  type Client,
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

  call(
    path: string,
    message: Buffer,
    metadata: Metadata,
    ended: (error: ServiceError | null) => void,
  ): ClientUnaryCall {
    const options = message.length < this.#minBytes ? plain : usual;
    return this.#client.makeUnaryRequest(path, asItIs, asItIs, message, metadata, options, ended);
  }

  #end(): void {
    this.#closed = true;
    this.#client.close();
  }

  async close(): Promise<void> {
    if (!this.#closed) this.#end();
  }
}

/** Our writer has made the message, and of the answer only its end counts. */
function asItIs(bytes: Buffer): Buffer {
  return bytes;
}
