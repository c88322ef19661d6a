/** A target of WebSocket, and what its own system is sent. */
import type { EncodedBody, MessageCompression, PayloadCodec } from '../../codecs.ts';
import type { TargetBase } from '../../target-base.ts';

/** Whose code speaks the protocol: the harness's own, or the library that somebody asks about. */
export type WebSocketClient = 'own' | 'ws';

/** The value at a JSON pointer is one of these. */
export interface MessageMatch {
  readonly pointer: string;
  readonly values: readonly string[];
}

export interface OpeningMessage {
  readonly send: string;
  /** What must come before anything else is sent; absent: nothing is waited for. */
  readonly await?: MessageMatch;
}

export interface WebSocketTarget extends TargetBase {
  readonly protocol: 'websocket';
  readonly connections: number;
  /** Of the native engine; absent: `own`. */
  readonly client?: WebSocketClient;
  /** Of what our service takes and answers; absent: json. */
  readonly codec?: PayloadCodec;
  /** Absent: none. */
  readonly compression?: MessageCompression;
  /** Of the handshake with an own system, beside those that every handshake has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of which an own system must choose one; absent: none is offered. */
  readonly subprotocol?: readonly string[];
  /** What is sent on each new connection before any operation, one after the other. */
  readonly onOpen?: readonly OpeningMessage[];
  /** Messages that are no answers; they are counted. */
  readonly ignore?: readonly MessageMatch[];
  readonly requests?: Readonly<Record<string, WebSocketRequest>>;
}

export interface WebSocketRequest {
  readonly message: string;
  /** In its place, of a reference target; answers come in the same codec. */
  readonly encoded?: EncodedBody;
  /** JSON pointer to the operation's id in the answer; absent: answers are matched in order per connection. */
  readonly replyId?: string;
  /** The answer is a refusal unless the value at `pointer` (text, number, true or false) is one of `values`. */
  readonly expect?: { readonly pointer: string; readonly values: readonly string[] };
  /** Of a reference target: the answer may hold `deprecation` and `sunset`. */
  readonly saysDeprecation?: true;
}
