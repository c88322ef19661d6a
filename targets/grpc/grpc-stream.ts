/** What a connection and the session that owns it say to each other. */
import type { BodyCodec } from '../body-codec.ts';
import { type Conclusion, GrpcAnswer } from './grpc-answer.ts';
import type { Http2Connection } from './http2-connection.ts';
import type { UnsentMessage } from './send-windows.ts';

/** One attempt. One object a slot, reused: `id` is 0 while it is on no connection. */
export class GrpcStream implements UnsentMessage {
  readonly slot: number;
  readonly answer: GrpcAnswer;
  id = 0;
  connection: Http2Connection | null = null;
  sendWindow = 0;
  unsent: Buffer | null = null;
  unsentFrom = 0;

  /** `codec`: of compressed messages. `keepsBody`: the answer's message is wanted. */
  constructor(slot: number, codec: BodyCodec | null = null, keepsBody = false) {
    this.answer = new GrpcAnswer(codec, keepsBody);
    this.slot = slot;
  }
}

/** What goes onto a stream. Written at once, twice in a row for the same call: first its sizes, then its bytes. */
export interface RequestWriter {
  /** Index into the constant header fields. */
  readonly operation: number;
  /** Octets of header fields of this call, behind the constant ones. */
  readonly fieldBytes: number;
  writeFields(buffer: Buffer, at: number): void;
  /** With its gRPC prefix. */
  readonly messageBytes: number;
  writeMessage(buffer: Buffer, at: number): void;
}

export interface ConnectionOwner {
  /** The peer has answered: streams can be opened. */
  ready(connection: Http2Connection): void;
  ended(stream: GrpcStream, connection: Http2Connection, conclusion: Conclusion): void;
  /** More streams may be opened than before. */
  widened(connection: Http2Connection): void;
  /** The peer takes no more streams; those that are open may end. */
  retired(connection: Http2Connection): void;
  /** A retired connection has closed. */
  finished(connection: Http2Connection): void;
  /** The connection is lost; its streams are reported next. */
  broke(connection: Http2Connection, reason: string, cause: Error | null): void;
}
