/** Events that are pushed over a WebSocket. */
import { type RawData, WebSocket } from 'ws';
import type { SettledByWebSocket } from '../../scenarios/settled-settings.ts';
import { cannotConnect } from '../driver-kit/cannot-connect.ts';
import { createSocket, endpointOf } from '../driver-kit/client-socket.ts';
import { hostsAndPorts } from '../target-address.ts';
import { longestMessageBytes } from '../websocket/frame-reader.ts';
import { EventReader } from './event-reader.ts';
import { type EventSink, type FlowObserver, type ObserverContext, observeWithinMs } from './flow-observer.ts';
import { PushedEvents } from './pushed-events.ts';

export async function observeWebSocket(
  settings: SettledByWebSocket,
  sink: EventSink,
  context: ObserverContext,
): Promise<FlowObserver> {
  const observer = new WebSocketObserver(settings, sink, context);
  try {
    await observer.open();
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const { host } = new URL(settings.url);
    throw cannotConnect(`The WebSocket at ${host}, where events are looked for,`, said, 'Check `websocket`.', cause);
  }
  return observer;
}

/** For services that answer no ping, as they should. */
const pongWithinMs = 500;

class WebSocketObserver extends PushedEvents {
  readonly #settings: SettledByWebSocket;
  readonly #through: string | undefined;
  #socket: WebSocket | null = null;

  constructor(settings: SettledByWebSocket, sink: EventSink, { through }: ObserverContext) {
    super(sink, new EventReader(settings));
    this.#settings = settings;
    this.#through = through;
  }

  open(): Promise<void> {
    const { url, headers, send, tls } = this.#settings;
    const endpoint = endpointOf(this.#through ?? hostsAndPorts(url, { protocol: 'websocket' })[0], url, tls);
    const createConnection = () => createSocket(endpoint);
    const options = { headers, handshakeTimeout: observeWithinMs, maxPayload: longestMessageBytes, createConnection };
    const socket = new WebSocket(url, options);
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      const stands = once(() => {
        this.hear(socket);
        resolve();
      });
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('it was closed as it was subscribed')));
      socket.on('open', () => {
        for (const text of send) socket.send(text);
        // Messages are read in turn: whoever answers this has read what was sent. Until then nothing is owed.
        socket.ping();
        socket.on('pong', stands);
        setTimeout(() => socket.readyState === WebSocket.OPEN && stands(), pongWithinMs).unref();
      });
      socket.on('message', (data) => this.reader.read(this.sink, () => undefined, bytesOf(data)));
    });
  }

  protected end(): void {
    this.#socket?.terminate();
  }
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
