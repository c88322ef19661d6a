/**
 * Bytes on this thread's client sockets, whichever library opened them: Node announces each on a diagnostics channel.
 * Create it before the driver opens its connections.
 */
import diagnosticsChannel from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const channelName = 'net.client.socket';

export interface WireBytes {
  readonly up: number;
  readonly down: number;
}

const uncounted = new WeakSet<Socket>();

/** For a socket of the harness's own, before it connects. */
export function leaveUncounted(socket: Socket): void {
  uncounted.add(socket);
}

export class WireCounter {
  readonly #open = new Set<Socket>();
  #closedUp = 0;
  #closedDown = 0;
  readonly #onSocket = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    if (uncounted.has(socket)) return;
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#closedUp += socket.bytesWritten;
      this.#closedDown += socket.bytesRead;
    });
  };

  constructor() {
    diagnosticsChannel.subscribe(channelName, this.#onSocket);
  }

  /** So far, handed to the kernel or read from it. */
  total(): WireBytes {
    let up = this.#closedUp;
    let down = this.#closedDown;
    for (const socket of this.#open) {
      up += socket.bytesWritten;
      down += socket.bytesRead;
    }
    return { up, down };
  }

  /** Connections that are established. */
  get established(): number {
    return [...this.#open].filter(({ readyState }) => readyState === 'open').length;
  }

  close(): void {
    diagnosticsChannel.unsubscribe(channelName, this.#onSocket);
    this.#open.clear();
  }
}
