/** A record that the service writes on to another topic: to be tried again later, or as a dead letter. */
import type { Message, MessageToProduce } from '@platformatic/kafka';
import { retriesHeader } from './stream-headers.ts';

export type TextMessage = Message<Buffer, Buffer, string, string>;

const nothing = Buffer.alloc(0);

/** A tombstone has none. */
export function bytesOf({ value }: TextMessage): Buffer {
  return (value as Buffer | null | undefined) ?? nothing;
}

/** How often it has come by the topic of retries. */
export function retriesOf({ headers }: TextMessage): number {
  return Number(headers.get(retriesHeader) ?? 0);
}

/** `retries`: as it says then; left out: as it is. */
export function movedRecord(message: TextMessage, topic: string, retries?: number): MessageToProduce {
  const { key, headers } = message;
  const told = retries === undefined ? headers : new Map([...headers, [retriesHeader, String(retries)]]);
  return {
    topic,
    value: bytesOf(message),
    ...(key !== undefined && { key }),
    headers: new Map([...told].map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
  };
}
