/** A call of the user's own gRPC server that is answered with a stream of events, each read as proto3 JSON. */
import { fromBinary, fromJson, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf';
import { type Client, type ClientReadableStream, Metadata, type ServiceError } from '@grpc/grpc-js';
import { BenchError } from '../../result/bench-error.ts';
import type { ProtoTypes } from '../../scenarios/grpc/proto-types.ts';
import { findMethod, type RpcMethod } from '../../scenarios/grpc/rpc-method.ts';
import type { GrpcTarget } from '../../scenarios/scenario.ts';
import type { SettledByStream } from '../../scenarios/settled-settings.ts';
import { cannotConnect } from '../driver-kit/cannot-connect.ts';
import { grpcEndpoint, typesFor } from '../grpc/call-writers.ts';
import { createGrpcJsClient } from '../grpc/grpc-js-client.ts';
import { badMessage } from '../grpc/message-writer.ts';
import { hostsAndPorts } from '../target-address.ts';
import { EventReader } from './event-reader.ts';
import { type EventSink, type FlowObserver, type ObserverContext, observeWithinMs } from './flow-observer.ts';
import { PushedEvents } from './pushed-events.ts';

/** Some servers send no headers before the first message: who was not refused by then is taken for heard. */
const heardAfterMs = 300;

export async function observeStream(
  settings: SettledByStream,
  sink: EventSink,
  { target: observed, through }: ObserverContext,
): Promise<FlowObserver> {
  const target = observed as GrpcTarget;
  const [place] = hostsAndPorts(target.address ?? '', target);
  const endpoint = grpcEndpoint(through ?? place, target);
  const signal = AbortSignal.timeout(observeWithinMs);
  const types = await typesFor(target, endpoint, [settings.method], signal);
  const method = findMethod(types, settings.method);
  if (!method.responseStream) throw badMessage(`${settings.method} answers once, not with a stream of events`);
  const client = createGrpcJsClient(endpoint, { 'grpc.max_receive_message_length': -1 });
  const observer = new StreamObserver(settings, sink, client, { types, method });
  try {
    await observer.open();
  } catch (cause) {
    await observer.close();
    if (cause instanceof BenchError) throw cause;
    const said = (cause as Partial<ServiceError>).details || String((cause as Error).message);
    throw cannotConnect(`${settings.method} at ${place}, whose events are looked for,`, said, 'Check `stream`.', cause);
  }
  return observer;
}

class StreamObserver extends PushedEvents {
  readonly #settings: SettledByStream;
  readonly #client: Client;
  readonly #types: ProtoTypes;
  readonly #method: RpcMethod;
  readonly #asked: Buffer;
  #call: ClientReadableStream<Buffer> | null = null;

  constructor(
    settings: SettledByStream,
    sink: EventSink,
    client: Client,
    { types, method }: { readonly types: ProtoTypes; readonly method: RpcMethod },
  ) {
    super(sink, new EventReader(settings));
    this.#settings = settings;
    this.#client = client;
    this.#types = types;
    this.#method = method;
    this.#asked = this.#requestBytes();
  }

  #requestBytes(): Buffer {
    const { requestType } = this.#method;
    const { registry } = this.#types;
    try {
      return Buffer.from(
        toBinary(requestType, fromJson(requestType, this.#settings.message as JsonValue, { registry })),
      );
    } catch (cause) {
      throw badMessage(
        `message of ${this.#settings.method}: ${cause instanceof Error ? cause.message : String(cause)}`,
      );
    }
  }

  async open(): Promise<void> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(this.#settings.headers)) metadata.set(name, value);
    await new Promise<void>((resolve, reject) => {
      this.#client.waitForReady(Date.now() + observeWithinMs, (error) => (error ? reject(error) : resolve()));
    });
    const call = this.#client.makeServerStreamRequest(
      this.#method.path,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      this.#asked,
      metadata,
    );
    this.#call = call;
    await new Promise<void>((resolve, reject) => {
      const heard = setTimeout(resolve, heardAfterMs);
      call.once('metadata', () => resolve());
      call.once('error', reject);
      call.once('close', () => {
        clearTimeout(heard);
        reject(new Error('it ends the stream at once'));
      });
      call.on('data', (bytes: Buffer) => this.reader.read(this.sink, () => undefined, this.#jsonOf(bytes)));
    });
    call.on('error', () => undefined); // 'close' follows
    this.hear(call);
  }

  #jsonOf(bytes: Buffer): Buffer {
    const { responseType } = this.#method;
    const { registry } = this.#types;
    try {
      return Buffer.from(JSON.stringify(toJson(responseType, fromBinary(responseType, bytes), { registry })));
    } catch {
      return Buffer.alloc(0); // holds no id
    }
  }

  protected end(): void {
    this.#call?.on('error', () => undefined).cancel();
    this.#client.close();
  }
}
