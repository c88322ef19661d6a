/**
 * Guards the connections that @platformatic/kafka makes in this thread, and leads them through links; it announces each,
 * and lets nobody make them.
 */
import { tracingChannel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { guardIncoming, malformedAnswer } from '../driver-kit/guard-incoming.ts';
import { beginDialThrough, type LinkOf } from './dial-through.ts';
import { KafkaFrames } from './kafka-frames.ts';

interface Announcement {
  readonly connection: { readonly socket?: Socket; readonly context?: unknown };
}

/** What our clients give their connections, as the library's `context`. */
export interface PlatformaticContext {
  readonly linkOf: LinkOf | undefined;
  /** Those that are still open. */
  readonly sockets: Set<Socket>;
}

let malformed = 0;
let isGuarding = false;
let endDialThrough = () => {};

/** Of this thread, those that are made from now on. */
export function guardPlatformatic(): void {
  if (isGuarding) return;
  isGuarding = true;
  const nothing = () => undefined;
  tracingChannel<unknown, Announcement>('plt:kafka:connections:connects').subscribe({
    // The socket is made between `start` and `end`, in one go.
    start: ({ connection: { context } }) => {
      endDialThrough = beginDialThrough((context as PlatformaticContext | undefined)?.linkOf);
    },
    // The socket is there, and has not connected yet.
    end: ({ connection: { socket, context } }) => {
      endDialThrough();
      if (socket === undefined) return;
      guardIncoming(socket, new KafkaFrames(), () => malformed++);
      const { sockets } = (context ?? {}) as Partial<PlatformaticContext>;
      sockets?.add(socket);
      socket.once('close', () => sockets?.delete(socket));
    },
    asyncStart: nothing,
    asyncEnd: nothing,
    error: nothing,
  });
}

/** What fails while a peer of this thread answers nonsense fails for that: the library only says that a connection closed. */
export async function orMalformed<T>(work: Promise<T>): Promise<T> {
  const before = malformed;
  try {
    return await work;
  } catch (error) {
    throw malformed === before ? error : new Error(malformedAnswer, { cause: error });
  }
}
