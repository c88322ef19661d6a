/** Events that are pushed over a WebSocket. */
import { type RawData, WebSocket } from 'ws';
import type { SettledByWebSocket } from '../../scenarios/settled-settings.ts';
import { cannotConnect } from '../driver-kit/cannot-connect.ts';
import { openAgain } from '../driver-kit/open-again.ts';
import { ReconnectWaits } from '../driver-kit/reconnect-waits.ts';
import { tlsOptions } from '../driver-kit/tls-options.ts';
import { longestMessageBytes } from '../websocket/frame-reader.ts';
import { EventReader } from './event-reader.ts';
import { type EventSink, type FlowObserver, lookAgain, observeWithinMs } from './flow-observer.ts';

export async function observeWebSocket(settings: SettledByWebSocket, sink: EventSink): Promise<FlowObserver> {
  const observer = new WebSocketObserver(settings, sink);
  try {
    await observer.open();
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const { host } = new URL(settings.url);
    throw cannotConnect(
      `The WebSocket at ${host} that is to settle flows`,
      said,
      'Check `websocket` under `settled`.',
      cause,
    );
  }
  return observer;
}

class WebSocketObserver implements FlowObserver {
  readonly #settings: SettledByWebSocket;
  readonly #sink: EventSink;
  readonly #reader: EventReader;
  #socket: WebSocket | null = null;
  #isClosed = false;

  constructor(settings: SettledByWebSocket, sink: EventSink) {
    this.#settings = settings;
    this.#sink = sink;
    this.#reader = new EventReader(settings);
  }

  open(): Promise<void> {
    const { url, headers, send, tls } = this.#settings;
    const { protocol, hostname } = new URL(url);
    const secured = protocol === 'wss:' ? tlsOptions(tls?.serverName ?? hostname, tls) : {};
    const options = { headers, handshakeTimeout: observeWithinMs, maxPayload: longestMessageBytes, ...secured };
    const socket = new WebSocket(url, options);
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => {
        for (const text of send) socket.send(text);
        socket.on('close', () => void this.#resume());
        resolve();
      });
      socket.on('message', (data) => this.#reader.read(this.#sink, () => undefined, bytesOf(data)));
    });
  }

  async #resume(): Promise<void> {
    if (this.#isClosed) return;
    this.#sink.interrupted();
    await openAgain(() => this.open(), { waits: new ReconnectWaits(lookAgain), isOver: () => this.#isClosed });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#socket?.terminate();
  }
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
