/** What a connection and the session that owns it say to each other. */
import type { Conclusion } from './conclusion.ts';
import type { HeaderSink } from './hpack-decoder.ts';
import type { RequestHeaders } from './request-headers.ts';
import type { UnsentMessage } from './send-windows.ts';

/** What is made of all that comes back on a stream. */
export interface StreamAnswer extends HeaderSink {
  /** The stream is a new one. */
  reset(): void;
  /** A header block is whole. Returns how the stream ended if it cannot go on. */
  headersEnded(isLast: boolean): Conclusion | null;
  /** A piece of the messages. Returns how the stream ended if it cannot go on. */
  data(bytes: Uint8Array, start: number, end: number): Conclusion | null;
  /** The peer has ended the stream. */
  conclude(): Conclusion;
}

/** `id` is 0 while it is on no connection. */
export interface Http2Stream extends UnsentMessage {
  id: number;
  readonly answer: StreamAnswer;
}

/** What goes onto a stream. Written at once, twice in a row for the same call: first its sizes, then its bytes. */
export interface RequestWriter {
  /** Index into the constant header fields. */
  readonly operation: number;
  /** Octets of header fields of this call, behind the constant ones. */
  readonly fieldBytes: number;
  writeFields(buffer: Buffer, at: number): void;
  /** The constant header fields, where they are not those of the operation alone; what it returns must be sent. */
  head?(headers: RequestHeaders): Buffer;
  /** Of all that follows the headers; 0: nothing does, and they end the stream. */
  readonly messageBytes: number;
  writeMessage(buffer: Buffer, at: number): void;
}

export interface ConnectionOwner<Stream extends Http2Stream, Connection> {
  /** The peer has answered: streams can be opened. */
  ready(connection: Connection): void;
  ended(stream: Stream, connection: Connection, conclusion: Conclusion): void;
  /** More streams may be opened than before. */
  widened(connection: Connection): void;
  /** The peer takes no more streams; those that are open may end. */
  retired(connection: Connection): void;
  /** A retired connection has closed. */
  finished(connection: Connection): void;
  /** The connection is lost; its streams are reported next. */
  broke(connection: Connection, reason: string, cause: Error | null): void;
}
