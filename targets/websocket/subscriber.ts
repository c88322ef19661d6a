/** Subscribers over WebSockets: a message asks for the events, which the service then sends by itself. */
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { WebSocketTarget } from '../../scenarios/scenario.ts';
import { type EventStream, keepSubscribers, openedInTime, type StreamEvents } from '../publish/kept-subscribers.ts';
import type { SubscriberDriver } from '../subscriber.ts';
import { longestMessageBytes } from './frame-reader.ts';
import { MessagePacking } from './message-packing.ts';
import { subscriptionText } from './pushed-events.ts';
import { deflateOptions } from './ws-packing.ts';

export const websocketSubscriber: SubscriberDriver = {
  open(context, sink, signal) {
    const packing = MessagePacking.of((context.target as WebSocketTarget).compression);
    const perMessageDeflate = packing === null ? false : deflateOptions(packing);
    const { hostname, port } = new URL(`ws://${context.address}`);
    const open = (after: number | null, events: StreamEvents) => {
      const socket = connect(Number(port), hostname);
      const client = new WebSocket(`ws://${context.address}`, {
        createConnection: () => socket,
        maxPayload: longestMessageBytes,
        perMessageDeflate,
      });
      return openedInTime(subscribe(client, socket, after, events), () => client.terminate());
    };
    return keepSubscribers(context, sink, signal, {
      what: 'The WebSocket of the subscribers',
      open,
      countsBytes: true,
    });
  },
};

interface Told {
  readonly subscribed?: { readonly position: number };
  readonly event?: { readonly position: number; readonly id: string };
}

function subscribe(
  client: WebSocket,
  socket: Socket,
  after: number | null,
  events: StreamEvents,
): Promise<EventStream> {
  let isSubscribed = false;
  return new Promise((resolve, reject) => {
    client.on('error', reject);
    client.on('open', () => client.send(subscriptionText(after)));
    client.on('message', (data) => {
      const { subscribed, event } = JSON.parse(String(data)) as Told;
      if (event !== undefined) events.received(event.position, event.id);
      else if (subscribed !== undefined) {
        isSubscribed = true;
        events.subscribed(subscribed.position);
        resolve({
          pause: () => client.pause(),
          resume: () => client.resume(),
          bytesRead: () => socket.bytesRead,
          close: () => client.terminate(),
        });
      }
    });
    client.on('close', () => (isSubscribed ? events.ended() : reject(new Error('closed before it was subscribed'))));
  });
}
