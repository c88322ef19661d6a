/** Events as gRPC streams carry them: on one of their own, or among the answers of a conversation whose caller asked for them. */
import { join } from 'node:path';
import { Metadata, type ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Listener, Publications, PublishedEvent } from '../publish/publications.ts';
import { fromNow, publishedCode, watchHeader } from './watch-words.ts';

const eventsProto = join(import.meta.dirname, 'events.proto');

export function eventsDefinition(): ServiceDefinition {
  const read = { keepCase: true, longs: Number, defaults: true, oneofs: true };
  return loadSync(eventsProto, read)['wirebench.events.v1.Events'] as ServiceDefinition;
}

export interface EventMessage {
  readonly position: number;
  readonly id: string;
  readonly payload: string;
}

export function watchMetadata(after: number | null): Metadata {
  const headers = new Metadata();
  headers.set(watchHeader, after === null ? fromNow : String(after));
  return headers;
}

/** undefined: nothing is asked for. */
export function watchedAfter(metadata: Metadata): number | null | undefined {
  const [value] = metadata.get(watchHeader);
  if (value === undefined) return undefined;
  return value === fromNow ? null : Number(value);
}

/** What events are written to. */
interface Stream {
  write(message: object, written?: () => void): unknown;
  emit(event: 'error', error: Error): unknown;
  on(event: 'cancelled' | 'close', listener: () => void): unknown;
}

/** `messageOf`: how the stream says an event; one without an id says where it begins. */
export function pushOn(
  call: Stream,
  publications: Publications,
  after: number | null,
  messageOf: (event: EventMessage) => object,
): void {
  const listener: Listener = {
    write(event: PublishedEvent, written) {
      const { position, id, payload } = event;
      call.write(messageOf({ position, id, payload }), written);
      return payload.length + id.length;
    },
    cutOff: () => call.emit('error', Object.assign(new Error('the stream is over'), { code: 14 })),
  };
  const position = publications.join(listener, after);
  call.write(messageOf({ position, id: '', payload: '' }));
  call.on('cancelled', () => publications.leave(listener));
  call.on('close', () => publications.leave(listener));
}

/** A conversation says an event as an answer: its number is the position, its order what was published. */
export function asAnswer({ position, id, payload }: EventMessage): object {
  return { number: position, code: publishedCode, orders: [{ id, payload, key: '', status: '', version: 0 }] };
}
