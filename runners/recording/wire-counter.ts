/**
 * Bytes on this thread's client sockets, whichever library opened them: Node announces each on a diagnostics channel. Of
 * TLS those that travel, its handshake and records among them. Create it before the driver opens its connections.
 */
import diagnosticsChannel from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const channelName = 'net.client.socket';

export interface WireBytes {
  readonly up: number;
  readonly down: number;
}

type Counts = Pick<Socket, 'bytesRead' | 'bytesWritten'>;

const uncounted = new WeakSet<Socket>();

/** For a socket of the harness's own, before it connects. */
export function leaveUncounted(socket: Socket): void {
  uncounted.add(socket);
}

export class WireCounter {
  readonly #open = new Map<Socket, Counts>();
  #closedUp = 0;
  #closedDown = 0;
  readonly #onSocket = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    if (uncounted.has(socket)) return;
    this.#open.set(socket, countsOf(socket));
    // Node may have given it another handle while it tried the addresses of a name.
    socket.once('connect', () => this.#open.set(socket, countsOf(socket)));
    socket.once('close', () => {
      const counts = this.#open.get(socket) ?? socket;
      this.#open.delete(socket);
      this.#closedUp += counts.bytesWritten;
      this.#closedDown += counts.bytesRead;
    });
  };

  constructor() {
    diagnosticsChannel.subscribe(channelName, this.#onSocket);
  }

  /** So far, handed to the kernel or read from it. */
  total(): WireBytes {
    let up = this.#closedUp;
    let down = this.#closedDown;
    for (const { bytesWritten, bytesRead } of this.#open.values()) {
      up += bytesWritten;
      down += bytesRead;
    }
    return { up, down };
  }

  /** Connections that are established. */
  get established(): number {
    return [...this.#open.keys()].filter(({ readyState }) => readyState === 'open').length;
  }

  close(): void {
    diagnosticsChannel.unsubscribe(channelName, this.#onSocket);
    this.#open.clear();
  }
}

/**
 * A TLS socket counts what it carries. What it is sent as, the connection beneath it counts, which Node holds in a place
 * without a name; its counts are good until 'close' has been told, when the socket itself has let go of it.
 */
function countsOf(socket: Socket): Counts {
  const { _handle } = socket as unknown as { readonly _handle?: { readonly _parent?: Counts } | null };
  return _handle?._parent ?? socket;
}
