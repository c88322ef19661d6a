/** What all of our consumers of @platformatic/kafka have in common, whoever reads. */
import { type Consumer, type MessagesStream, stringDeserializer } from '@platformatic/kafka';

/** Headers are text; keys and values are bytes. */
export type TextConsumer = Consumer<Buffer, Buffer, string, string>;
export type TextStream = MessagesStream<Buffer, Buffer, string, string>;

/** What comes is handed over at once, and nothing is committed but by us. */
export const readingAtOnce = { autocommit: false, minBytes: 1, maxWaitTime: 500 } as const;

export const textHeaders = { headerKey: textOf, headerValue: textOf } as const;

/** A fresh broker creates its coordinator's topic at the first group and refuses until that is done. */
export const coordinatorRetries = { retries: 40, retryDelay: 250 };

function textOf(data?: Buffer): string {
  return stringDeserializer(data) ?? '';
}
