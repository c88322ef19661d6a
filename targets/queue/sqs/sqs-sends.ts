/** Who sends to SQS, whichever client it is: messages of one queue, singly or several in a request. */

import { type EntryEnd, entryEnds } from './entry-batches.ts';
import type { SqsCall, SqsCalls, SqsReply } from './sqs-calls.ts';
import { refusalIn } from './sqs-queues.ts';
import type { SqsWire } from './sqs-wire.ts';

/** One request to be sent. */
export interface SqsSend {
  readonly queueUrl: string;
  readonly isBatch: boolean;
  /** Asked for when it leaves: the inside of the JSON of each message by its place, of those that are still wanted. */
  messages(): ReadonlyMap<number, string>;
  /** Of those that `messages` gave: the request is handed to a connection. */
  sent(): void;
  /** Once, unless dropped: what became of the message at each place. */
  ended(endOf: (place: number) => EntryEnd): void;
}

export interface SqsSender {
  open(signal: AbortSignal): Promise<void>;
  send(send: SqsSend): void;
  /** Nothing more is told of it. */
  drop(send: SqsSend): void;
  readonly reconnects: number;
  close(): Promise<void>;
}

const silent: EntryEnd = { code: 'malformed answer', retryable: true };

/** Over connections of ours. */
export class OwnSender implements SqsSender {
  readonly #calls: SqsCalls;
  readonly #wire: SqsWire;
  readonly #callOf = new Map<SqsSend, SqsCall>();

  constructor(calls: SqsCalls, wire: SqsWire) {
    this.#calls = calls;
    this.#wire = wire;
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#calls.open(signal);
  }

  send(send: SqsSend): void {
    const call: SqsCall = {
      bytes: () => this.#bytes(send),
      sent: () => send.sent(),
      done: (reply) => {
        this.#callOf.delete(send);
        send.ended(endsOf(reply, send.isBatch));
      },
    };
    this.#callOf.set(send, call);
    this.#calls.ask(call);
  }

  #bytes(send: SqsSend): Buffer | null {
    const messages = send.messages();
    if (messages.size === 0) {
      this.#callOf.delete(send);
      return null;
    }
    const queue = `"QueueUrl":${JSON.stringify(send.queueUrl)}`;
    const all = [...messages];
    if (!send.isBatch) return this.#wire.bytes('SendMessage', `{${queue},${all[0]?.[1]}}`);
    const entries = all.map(([place, json]) => `{"Id":"${place}",${json}}`).join(',');
    return this.#wire.bytes('SendMessageBatch', `{${queue},"Entries":[${entries}]}`);
  }

  drop(send: SqsSend): void {
    const call = this.#callOf.get(send);
    this.#callOf.delete(send);
    if (call !== undefined) this.#calls.drop(call);
  }

  get reconnects(): number {
    return this.#calls.reconnects;
  }

  close(): Promise<void> {
    this.#callOf.clear();
    return this.#calls.close();
  }
}

function endsOf(reply: SqsReply, isBatch: boolean): (place: number) => EntryEnd {
  const refusal = refusalIn(reply);
  if (refusal !== null) {
    const end = { code: refusal.code, retryable: refusal.retryable };
    return () => end;
  }
  if (!isBatch || reply.status === null) return () => ({ code: null, retryable: false });
  const ends = entryEnds(reply.body);
  return (place) => ends.get(String(place)) ?? silent;
}
