/** Subscribers over gRPC: a stream that the service writes to, or both ways on one that may publish as well (`calls: stream`). */
import type { Client, ClientReadableStream, MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { GrpcTarget } from '../../scenarios/scenario.ts';
import { endpointOf } from '../driver-kit/client-socket.ts';
import { type EventStream, keepSubscribers, openedInTime, type StreamEvents } from '../publish/kept-subscribers.ts';
import type { SubscriberDriver } from '../subscriber.ts';
import { largestMessageBytes } from './grpc-answer.ts';
import { createGrpcJsClient } from './grpc-js-client.ts';
import { ordersProto, ordersService } from './orders-service.ts';
import { type EventMessage, eventsDefinition, watchMetadata } from './pushed-events.ts';
import { publishedCode } from './watch-words.ts';

type Method = MethodDefinition<object, unknown>;
type Begin = (client: Client, after: number | null) => ClientReadableStream<unknown>;

export const grpcSubscriber: SubscriberDriver = {
  open(context, sink, signal) {
    const endpoint = endpointOf(context.address, undefined);
    const { begin, eventOf } = waysOf(context.target as GrpcTarget);
    const open = (after: number | null, events: StreamEvents) => {
      const client = createGrpcJsClient(endpoint, {
        'grpc.use_local_subchannel_pool': 1, // a connection each
        'grpc.enable_retries': 0,
        'grpc.max_receive_message_length': largestMessageBytes,
      });
      return openedInTime(follow(client, begin(client, after), eventOf, events), () => client.close());
    };
    return keepSubscribers(context, sink, signal, { what: 'gRPC of the subscribers', open, countsBytes: false });
  },
};

/** Of `Watch`, and of a conversation in which events come among the answers; null: it is an answer. */
function waysOf({ calls }: GrpcTarget): { begin: Begin; eventOf(message: unknown): EventMessage | null } {
  if (calls !== 'stream') {
    const watch = eventsDefinition().Watch as Method;
    return {
      begin: (client, after) =>
        client.makeServerStreamRequest(
          watch.path,
          watch.requestSerialize,
          watch.responseDeserialize,
          after === null ? {} : { after },
        ),
      eventOf: (message) => message as EventMessage,
    };
  }
  const converse = converseMethod();
  return {
    begin: (client, after) =>
      client.makeBidiStreamRequest(
        converse.path,
        converse.requestSerialize,
        converse.responseDeserialize,
        watchMetadata(after),
      ),
    eventOf(message) {
      const { number, code, orders } = message as Answer;
      return code === publishedCode ? { position: number, id: orders[0]?.id ?? '', payload: '' } : null;
    },
  };
}

interface Answer {
  readonly number: number;
  readonly code: string;
  readonly orders: readonly { readonly id: string }[];
}

function converseMethod(): Method {
  const orders = loadSync(ordersProto, { keepCase: true, longs: Number, defaults: true })[ordersService];
  return (orders as ServiceDefinition).Converse as Method;
}

function follow(
  client: Client,
  stream: ClientReadableStream<unknown>,
  eventOf: (message: unknown) => EventMessage | null,
  events: StreamEvents,
): Promise<EventStream> {
  let isSubscribed = false;
  let isOver = false;
  return new Promise((resolve, reject) => {
    stream.on('data', (message) => {
      const event = eventOf(message);
      if (event === null) return;
      if (event.id !== '') {
        events.received(event.position, event.id);
        return;
      }
      isSubscribed = true;
      events.subscribed(event.position);
      resolve({
        pause: () => stream.pause(),
        resume: () => stream.resume(),
        close: () => client.close(),
      });
    });
    const end = (error: Error) => {
      if (isOver) return;
      isOver = true;
      client.close();
      if (isSubscribed) events.ended();
      else reject(error);
    };
    stream.on('error', end);
    stream.on('end', () => end(new Error('ended before it was subscribed')));
  });
}
