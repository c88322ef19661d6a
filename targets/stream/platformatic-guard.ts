/**
 * Guards the connections that @platformatic/kafka makes in this thread, and leads them through links; it announces each,
 * and lets nobody make them.
 */
import { tracingChannel } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { guardIncoming, malformedAnswer } from '../driver-kit/guard-incoming.ts';
import { tlsFailureOf } from '../driver-kit/tls-failure.ts';
import type { LinkOf } from '../link-of.ts';
import { beginDialThrough } from './dial-through.ts';
import { KafkaFrames } from './kafka-frames.ts';

interface Announcement {
  readonly connection: EventEmitter & { readonly socket?: Socket; readonly context?: unknown };
}

/** What our clients give their connections, as the library's `context`. */
export interface PlatformaticContext {
  readonly linkOf: LinkOf | undefined;
  /** Those that are still open. */
  readonly sockets: Set<Socket>;
  /** What its peers did wrong so far. */
  readonly seen: PeerFaults;
}

/** Of one client: another of the same thread may have other peers. */
export class PeerFaults {
  malformed = 0;
  /** What peers refused in a handshake that the library took for done, as TLS 1.3 lets them. */
  refusals = 0;
  lastRefusal: Error | null = null;
}

let isGuarding = false;
let endDialThrough = () => {};

/** Of this thread, those that are made from now on. */
export function guardPlatformatic(): void {
  if (isGuarding) return;
  isGuarding = true;
  const nothing = () => undefined;
  tracingChannel<unknown, Announcement>('plt:kafka:connections:connects').subscribe({
    // The socket is made between `start` and `end`, in one go.
    start: ({ connection }) => {
      endDialThrough = beginDialThrough((connection.context as PlatformaticContext | undefined)?.linkOf);
      // A login that fails after the time-out of its connection is announced once more, to nobody: that ends a process.
      connection.off('error', nothing).on('error', nothing);
    },
    // The socket is there, and has not connected yet.
    end: ({ connection: { socket, context } }) => {
      endDialThrough();
      if (socket === undefined) return;
      const { sockets, seen = new PeerFaults() } = (context ?? {}) as Partial<PlatformaticContext>;
      guardIncoming(socket, new KafkaFrames(), () => seen.malformed++);
      sockets?.add(socket);
      socket.once('close', () => sockets?.delete(socket));
      socket.on('error', (error) => {
        if (tlsFailureOf(error) === null) return;
        seen.refusals++;
        seen.lastRefusal = error;
      });
    },
    asyncStart: nothing,
    asyncEnd: nothing,
    error: nothing,
  });
}

/**
 * What fails while a peer of this client answers nonsense, or refuses our certificate, fails for that: the library only
 * says that a connection closed.
 */
export async function orAsRefused<T>(seen: PeerFaults, work: Promise<T>): Promise<T> {
  const { malformed, refusals } = seen;
  try {
    return await work;
  } catch (error) {
    if (seen.malformed !== malformed) throw new Error(malformedAnswer, { cause: error });
    throw seen.refusals === refusals || seen.lastRefusal === null
      ? error
      : new Error(seen.lastRefusal.message, { cause: seen.lastRefusal });
  }
}
